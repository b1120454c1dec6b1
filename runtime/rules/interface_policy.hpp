#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/snap_info.hpp"
#include "runtime/rules/declaration.hpp"

namespace troupe {

/// The model of a device, as an assertion names it.
struct device_model {
  std::string brand;
  std::string model;
  std::string store;
};

/// The system that rules are applied on.
struct policy_system {
  bool on_classic = true;
  std::string distro; ///< ID of os-release(5).
  std::optional<device_model> model;
  std::vector<std::string> friendly_stores; ///< Stores that the model's own takes for itself.
};

/// A plug or a slot with its snap, as rules see it.
struct policy_end {
  const snap_info* snap = nullptr;
  const endpoint_info* endpoint = nullptr;
  json::object attributes;                       ///< Static and dynamic ones.
  const troupe::declaration* declared = nullptr; ///< Null: the snap has none.
};

/// What rules say.
struct policy_verdict {
  bool is_allowed = true;
  /// Which rule has decided, for instance `slot snap-declaration allow-connection[2]`; empty: none did.
  std::string rule;
  std::string message; ///< Why not; empty where it is allowed.
  arity slots_per_plug{};
  arity plugs_per_slot{};
};

/// Whether a snap may be installed with this plug or slot.
policy_verdict check_installation(rule_side side, const policy_end& end, const troupe::declaration& base,
                                  const policy_system& system);

/// The same for a snap without a store: by the base declaration's slot rules, of which only those on
/// types of snaps and kinds of systems count.
policy_verdict check_local_installation(const policy_end& slot, const troupe::declaration& base,
                                        const policy_system& system);

/// Whether a plug may be connected to a slot of the same interface, or is by itself. The first of these
/// that says something of the interface decides alone: the plug's snap's declaration, the slot's snap's,
/// the base declaration on plugs, that on slots. Without any it is allowed.
/// Source: reference "Interfaces", rule choice.
policy_verdict check_connection(rule_about about, const policy_end& plug, const policy_end& slot,
                                const troupe::declaration& base, const policy_system& system);

} // namespace troupe
