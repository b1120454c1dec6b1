#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/crash/report.hpp"

namespace troupe::crash {

/// What is done to the daemon at each point of a walk.
struct disturbance {
  std::string name;
  crash_action action = crash_kill_before;
  int error = 0; ///< The errno of crash_fail.
};

/// The points of a walk that are counted together.
struct sort_of_points {
  std::string name;
  std::uint32_t kinds = all_kinds;
};

struct walk_options {
  std::vector<std::string> plans;
  std::vector<sort_of_points> points;
  std::vector<disturbance> disturbances;
  std::uint64_t every = 1;
  std::optional<std::uint64_t> at; ///< Only this point of each.
  unsigned jobs = 1;               ///< How many daemons at a time.
};

/// Disturbs the daemon at point after point of each plan until that has ended before the next point is
/// reached; each time the daemon is started again, and what it has then is compared with an unharmed
/// run. A row for each plan, sort of points and disturbance. Throws failure where a plan doesn't work
/// unharmed.
std::vector<row> walk(const walk_options& options, const watcher& watch);

} // namespace troupe::crash
