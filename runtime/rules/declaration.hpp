#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runtime/rules/interface_rule.hpp"

namespace troupe {

/// Who publishes a snap, and what is said of its plugs and slots, or in the base declaration of all.
struct declaration {
  std::string snap_id;                         ///< Empty in a base declaration.
  std::string publisher_id;                    ///< The same.
  std::map<std::string, interface_rule> plugs; ///< By interface.
  std::map<std::string, interface_rule> slots;

  const interface_rule* find(rule_side side, const std::string& interface) const {
    const auto& rules = side == rule_side::plug ? plugs : slots;
    const auto found = rules.find(interface);
    return found == rules.end() ? nullptr : &found->second;
  }
};

/// Reads the headers of a declaration: snap-id, publisher-id, plugs and slots; scalars may be text as
/// well. Other headers of an assertion are passed over. Throws declaration_fault for what isn't known
/// below plugs and slots.
declaration declaration_from(const json::object& headers);

} // namespace troupe
