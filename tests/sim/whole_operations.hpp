#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/task.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

inline constexpr auto launchers_dir = "/root/snap/bin/";

/// A file there that is nobody's alias, and stays.
inline constexpr auto taken_alias = "taken";

/// What the snaps of a host should be like, by a model that knows no tasks: an operation is done as a
/// whole or not at all.
class whole_operations {
public:
  struct snap {
    std::vector<revision> revisions; ///< In the order in which they were first linked.
    revision rev;
    std::vector<std::string> apps{};
    bool active = false;
    std::map<std::string, std::string> aliases{}; ///< By alias the application.
  };

  /// An operation has ended with all of its tasks done.
  void done(const operation& op);

  /// What one of the operations on a snap, all done, has planned of its aliases.
  void change_aliases(const operation& op);

  /// An undo of this snap has failed, or it was lost half way: nothing is said of it any more.
  void give_up(const std::string& name) { unsure_.insert(name); }
  bool is_unsure(const std::string& name) const { return unsure_.contains(name); }

  bool is_active(const std::string& name) const {
    auto found = snaps_.find(name);
    return found != snaps_.end() && found->second.active;
  }

  /// How the snap differs from what it should be; empty if it doesn't. Null: it isn't installed.
  std::string difference(const std::string& name, const snap_state* is) const;

  /// What is missing from the host, and what is left over on it.
  std::vector<std::string> differences(const world& on) const;

private:
  std::map<std::string, snap> snaps_;
  std::set<std::string> unsure_;
};

} // namespace troupe::sim
