#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/crash/crash_points.hpp"
#include "tests/crash/whole_snaps.hpp"
#include "tests/support/world.hpp"

namespace troupe::test {

/// A request for one change.
struct wish {
  std::string action; ///< install, remove, enable or disable.
  std::string snap;
};

/// Snaps packed once and installed in many worlds. Those whose names begin with "bad" have a configure
/// hook that fails, the others one that leaves a file; all have install and remove hooks.
class snap_shelf {
public:
  const std::filesystem::path& image(const std::string& name);

private:
  temporary_root where_;
  std::map<std::string, std::filesystem::path> images_;
};

/// What a client was told by a daemon before that was killed.
struct told {
  std::set<std::string> accepted;           ///< Changes.
  std::map<std::string, std::string> ended; ///< Changes' final statuses.
  std::vector<std::string> refusals;
  std::size_t tasks = 0;
  std::size_t tasks_ended = 0;
};

/// A daemon that is killed at chosen points, on a root of its own.
class crash_world {
public:
  explicit crash_world(snap_shelf& shelf) : shelf_{shelf} {}

  temporary_root where;
  crash_points points{where.work()};
  running_daemon daemon{where.root(), {}, points.variables()};
  http_client api{daemon.client()};

  /// Does these one after the other.
  void fulfil(const std::vector<wish>& wishes);

  /// Asks for all of these at once and looks on until all changes have ended or the daemon is dead.
  void fulfil_at_once(const std::vector<wish>& wishes, told& into);

  /// Looks on until all changes have ended or the daemon is dead.
  void look_on(told& into);

  bool is_dead() const { return !points.reached().empty(); }

  /// Ends the daemon, which may have died at a point, and starts the next one, which dies at its
  /// `second`-th call; 0: it lives. That one is followed by one that lives.
  void start_again(std::uint64_t second = 0);

  /// Waits until all changes have ended, then checks that they and the root are as they should be.
  void check_all_is_well(const told& before);

  /// Removes what is installed and checks that nothing is left.
  void check_all_can_be_removed();

private:
  std::string ask(http_client& from, const wish& what);
  std::map<std::string, said_snap> said_snaps();
  void check_changes(const told& before);

  snap_shelf& shelf_;
};

} // namespace troupe::test
