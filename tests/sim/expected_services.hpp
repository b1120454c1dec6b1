#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/change.hpp"

namespace troupe::sim {

/// What has gone wrong with services, which says nothing against who supervises them.
struct service_troubles {
  std::set<std::string> now; ///< SNAP.APP whose last run has ended by itself or by a fault.
  std::map<std::string, unsigned> runs_ended; ///< By SNAP.APP@REVISION how often so far.
};

/// Which services should run, and which are disabled, by a model that knows no tasks.
/// Source: docs/reference/services.md, "When services run".
class expected_services {
public:
  enum class state { off, on, either };

  /// An operation on a snap has ended with all of its tasks done. `is_active`: whether the snap is now;
  /// `across_start`: whether a daemon was started meanwhile.
  void done(const operation& op, bool is_active, bool across_start);

  /// One has been undone. `troubled`: those of the snap's services that may not have run when it began,
  /// because they had ended by themselves.
  void undone(const operation& op, const std::set<std::string>& troubled, bool across_start);

  /// A daemon has started. `amid`: the operations of changes that haven't ended.
  void daemon_started(const std::vector<operation>& amid);

  /// What a service of a snap that no operation is about should be.
  state of(const std::string& snap, const std::string& app) const;

  /// How the set of disabled services differs from what it should be; empty if it doesn't.
  std::string difference(const snap_state& is) const;

  /// Those that should run, as SNAP.APP.
  std::set<std::string> wanted() const;

private:
  struct snap {
    std::map<std::string, state> services{};
    std::set<std::string> enduring{};
    std::set<std::string> disabled{};
    bool is_active = true;
  };

  static void start_all(snap& of);
  static void control(snap& of, const operation& op, bool across_start);
  static std::vector<std::string> named(const snap& of, const operation& op);

  std::map<std::string, snap> snaps_;
};

} // namespace troupe::sim
