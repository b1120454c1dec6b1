#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/request.hpp"
#include "messages/task.hpp"
#include "runtime/rules/planner.hpp"

namespace troupe {

/// Refuses an alias, unalias or prefer that a snap as it stands can't have: unknown application or
/// alias, too many. Throws failure.
void check_alias_request(const snap_request& wanted, const snap_state& state);

/// Adds to a request to prefer a snap those that have enabled one of its aliases: they yield, or
/// nothing is changed. What was added before is found anew. Does nothing to other requests.
void add_who_yields(operation_request& request, const std::map<std::string, snap_state_ptr>& installed);

/// Who has which name in the directory of launchers, on the host and by what is under way: an alias has
/// one snap, and a snap's name with all that begins with it and a dot has that snap.
class alias_book {
public:
  /// Looks at the host only once there is something to compare.
  explicit alias_book(const plan_context& host) : host_{host} {}

  /// Enters what one snap's operations enable. Throws failure `cannot enable alias "x" for "a": already
  /// enabled for "b"` or the like where another has such a name, and then enters nothing more.
  void enter(const std::vector<operation>& operations);

private:
  struct owner {
    std::string snap;
    std::string remedy; ///< What to say to unalias; empty where a change is under way.
    std::string change; ///< The kind of that change.
  };

  void read_host();
  void enter(const operation& op);
  void check_namespace(const operation& op) const;
  void check_alias(const operation& op, const std::string& alias) const;
  bool is_snap(const std::string& name) const;

  const plan_context& host_;
  bool is_read_ = false;
  std::map<std::string, owner> owners_; ///< By alias.
  std::set<std::string> arriving_;      ///< Snaps that are being installed.
};

} // namespace troupe
