#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/snap_info.hpp"
#include "runtime/rules/declaration.hpp"
#include "runtime/rules/grants.hpp"
#include "runtime/rules/regular_expression.hpp"

namespace troupe {

/// What an attribute of a plug or a slot has to be.
struct attribute_shape {
  enum class kind : std::uint8_t { text, texts, flag, map };
  kind is = kind::text;
  bool is_required = false;
  bool is_path = false;                      ///< No text may have a part `..`.
  std::optional<regular_expression> pattern; ///< That each text matches.
  std::vector<std::string> choices;          ///< Of which each text is one; empty: any.
  /// What a missing one counts as; the text `$NAME` stands for the plug's or slot's name.
  std::optional<json::value> otherwise;
};

/// A kind of connection: what its plugs and slots look like, who has slots, and who may connect them.
/// Source: one file of runtime/interfaces/known each; docs/reference/interfaces.md.
struct interface_definition {
  std::string name;
  std::string summary;  ///< One line, without a full stop.
  bool on_host = false; ///< The system has a slot of it, of its name.
  std::map<std::string, attribute_shape> plug_attributes;
  std::map<std::string, attribute_shape> slot_attributes;
  std::vector<std::string> match;          ///< Attributes that both ends must have alike.
  std::optional<interface_rule> plug_rule; ///< What the base declaration says of its plugs.
  std::optional<interface_rule> slot_rule;
  interface_grants grants; ///< What a connected plug lets its programs do.

  const std::map<std::string, attribute_shape>& attributes(rule_side side) const {
    return side == rule_side::plug ? plug_attributes : slot_attributes;
  }
};

/// Reads the file of an interface, its scalars as they are written. Throws declaration_fault, also for
/// keys that aren't known.
interface_definition interface_from(const json::object& from);

/// All interfaces that this version knows.
class interface_book {
public:
  interface_book() = default;
  explicit interface_book(std::vector<interface_definition> all);

  const interface_definition* find(const std::string& name) const {
    const auto found = all_.find(name);
    return found == all_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, interface_definition>& all() const { return all_; }

  /// The rules of all of them, as the base declaration.
  const declaration& base() const { return base_; }

  /// Why a snap's plug or slot can't be used: its interface isn't known, or an attribute isn't what it
  /// has to be. Empty if it can.
  std::string fault_of(rule_side side, const endpoint_info& endpoint) const;

  /// The static attributes of a plug or slot, with what missing ones count as.
  json::object attributes_of(rule_side side, const endpoint_info& endpoint) const;

private:
  std::map<std::string, interface_definition> all_;
  declaration base_;
};

/// Whether a path has a part `..`, so that it may lead out of the directory that it begins with.
bool leaves_its_directory(const std::string& path);

/// Why these attributes don't go together; empty if they do.
std::string why_unlike(const interface_definition& of, const json::object& plug,
                       const json::object& slot);

} // namespace troupe
