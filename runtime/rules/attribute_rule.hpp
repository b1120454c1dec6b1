#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/json/json.hpp"
#include "runtime/rules/rule_place.hpp"

namespace troupe {

/// Whose attributes and publishers a rule may refer to. Source: reference "Interfaces".
struct attribute_context {
  json::object plug;
  json::object slot;
  std::string plug_publisher; ///< Empty: unknown.
  std::string slot_publisher;
};

/// What a declaration wants of the attributes of a plug or slot: a map in which all has to match, lists
/// of alternatives, regular expressions that match the whole of a text, and `$` words.
/// Source: reference "Interfaces", the rows on attributes.
class attribute_rule {
public:
  /// `plug-attributes` or `slot-attributes`. Throws declaration_fault.
  attribute_rule(const json::value& wanted, const rule_place& place);

  /// Why these attributes don't match; nothing if they do. `side`: "plug" or "slot". Without a context
  /// what refers to one never matches.
  std::optional<std::string> mismatch(const json::object& attributes, std::string_view side,
                                      const attribute_context* context) const;

  struct node;

private:
  std::shared_ptr<const node> wanted_;
};

/// A scalar of a declaration as it is written; nothing for anything else.
std::optional<std::string> scalar_text(const json::value& from);

} // namespace troupe
