#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/json/json.hpp"
#include "runtime/rules/arity.hpp"
#include "runtime/rules/attribute_rule.hpp"
#include "runtime/rules/regular_expression.hpp"

namespace troupe {

enum class rule_side : std::uint8_t { plug, slot };
enum class rule_about : std::uint8_t { installation, connection, auto_connection };

std::string_view to_word(rule_side side);
std::string_view to_word(rule_about about);

/// Names that a plug or a slot may have.
struct name_rule {
  std::vector<regular_expression> expressions;
  bool may_be_interface = false; ///< `$INTERFACE`: that of its interface.
};

/// On which kind of system.
struct classic_rule {
  bool on_classic = true;
  std::vector<std::string> distros; ///< Empty: any.
};

/// A map of conditions, all of which have to hold.
struct rule_conditions {
  std::optional<name_rule> plug_names;
  std::optional<name_rule> slot_names;
  std::optional<attribute_rule> plug_attributes;
  std::optional<attribute_rule> slot_attributes;
  /// By key, like `slot-snap-type` or `plug-publisher-id`: one of these.
  std::map<std::string, std::vector<std::string>> ids;
  std::optional<classic_rule> classic;
  std::vector<std::string> stores; ///< Empty, as the next two: any.
  std::vector<std::string> brands;
  std::vector<std::string> models; ///< As BRAND/MODEL.
  std::optional<arity> slots_per_plug;
  std::optional<arity> plugs_per_slot;
};

/// `allow-…` or `deny-…`: always, never, or where one of the alternatives holds.
struct subrule {
  bool always = false;
  std::vector<rule_conditions> alternatives;
};

/// What a declaration says of an interface on one side.
class interface_rule {
public:
  /// The value under the interface's name in `plugs` or `slots`. Throws declaration_fault, also for keys
  /// that aren't known. Source: reference "Interfaces".
  interface_rule(rule_side side, const json::value& from, const rule_place& place);

  const subrule& allow(rule_about about) const { return allow_.at(static_cast<std::size_t>(about)); }
  const subrule& deny(rule_about about) const { return deny_.at(static_cast<std::size_t>(about)); }

private:
  std::vector<subrule> allow_; ///< By rule_about.
  std::vector<subrule> deny_;
};

} // namespace troupe
