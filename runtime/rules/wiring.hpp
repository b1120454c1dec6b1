#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/connection.hpp"
#include "messages/ids.hpp"
#include "messages/snap_state.hpp"
#include "runtime/rules/auto_connections.hpp"
#include "runtime/rules/interface_definition.hpp"

namespace troupe {

/// A plug or a slot of a snap that is active, or of the system.
struct wired_end {
  endpoint_name name;
  snap_info_ptr snap;
  const endpoint_info* endpoint = nullptr; ///< Of that snap.
  std::string fault;                       ///< Why it can't be connected, or empty.
  std::shared_ptr<const declaration> declared;

  /// As rules see it, with the dynamic attributes besides its own. Whatever it points to must stay.
  policy_end seen(const interface_book& book, rule_side side, const json::object& dynamic = {}) const;
};

/// A connection that could be made by itself.
struct wiring_choice {
  connection_ref ref;
  std::string interface;
  bool is_allowed = false; ///< By the rules for the two alone.
  bool is_made = false;
  std::string why_not;    ///< Empty where it is made.
  arity plugs_per_slot{}; ///< What the rule that allows it says.
};

/// All plugs, slots and connections of the host. A connection counts where both its ends are active and
/// still of the interface that it was made for; else the snaps only remember it.
class wiring {
public:
  /// `book` has to stay.
  explicit wiring(const interface_book& book, policy_system system = {});

  /// A snap is so by now.
  void put(const snap_state_ptr& state);

  // What users name. Empty names of a snap mean the system; what is wrong is thrown as failure.

  /// The plug and slot to be connected. An empty slot name means the only one of the plug's interface.
  connection_ref find_pair(endpoint_name plug, endpoint_name slot) const;

  /// What to disconnect: the connection between both, or with one of them empty all of the other, which
  /// may then be a plug or a slot whichever it is given as. With `forgotten` also what snaps only
  /// remember. Throws failure interfaces_unchanged where there is none.
  std::vector<connection_ref> find_connected(const endpoint_name& plug, const endpoint_name& slot,
                                             bool forgotten) const;

  // What rules say.

  /// The connection as it is to be remembered, with these dynamic attributes. Throws failure where the
  /// ends aren't there, can't be connected, or a rule forbids it. By hand, rules don't count for a snap
  /// without a store.
  connection connect(const connection_ref& ref, bool automatic, std::string plug_attributes,
                     std::string slot_attributes) const;

  /// Whether and why not this snap's plugs and slots would be connected by themselves.
  std::vector<wiring_choice> choices_for(const std::string& snap) const;

  /// The same of all plugs.
  std::vector<wiring_choice> all_choices() const;

  // What is there.

  const interface_book& book() const { return book_; }
  const std::vector<wired_end>& ends_of(const std::string& snap, rule_side side) const;
  /// By snap; the system's stand under system_snap.
  const std::map<std::string, std::vector<wired_end>>& ends(rule_side side) const {
    return side == rule_side::plug ? plugs_ : slots_;
  }
  const wired_end* find(rule_side side, const endpoint_name& end) const;

  /// Null where the snaps don't remember it.
  const connection* remembered(const connection_ref& ref) const;
  bool is_connected(const connection_ref& ref) const;
  /// All that snaps remember, connected or not.
  const std::map<connection_ref, connection>& connections() const { return connections_; }
  bool is_installed(const std::string& snap) const { return snaps_.contains(snap); }
  /// The connections of a snap that count.
  std::vector<connection_ref> connected_to(const std::string& snap) const;

  // What lanes are about to connect counts as connected for others.

  void promise(const connection_ref& ref, lane_key lane) { promised_.insert_or_assign(ref, lane); }
  void break_promises(lane_key lane);

private:
  void put_system();
  void put_ends(const std::string& snap, const snap_info_ptr& info,
                const std::shared_ptr<const declaration>& declared);
  std::vector<wiring_choice> choices_among(const std::vector<const wired_end*>& plugs,
                                           const std::vector<const wired_end*>& slots) const;
  std::vector<const wired_end*> ends_with(rule_side side, const std::string& interface) const;
  const wired_end& must_find(rule_side side, const endpoint_name& end) const;

  const interface_book& book_;
  policy_system system_;
  std::map<std::string, snap_state_ptr> snaps_; ///< Installed ones.
  std::map<std::string, std::vector<wired_end>> plugs_;
  std::map<std::string, std::vector<wired_end>> slots_;
  std::map<connection_ref, connection> connections_;
  std::map<connection_ref, lane_key> promised_;
};

/// The declaration of a snap from a store; null for a local one, and for one whose declaration can't be
/// read, to which the base declaration applies.
std::shared_ptr<const declaration> declaration_of(const snap_origin& origin);

} // namespace troupe
