#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/crash/crash_world.hpp"

namespace troupe::crash {

/// What was wrong at one point.
struct finding {
  std::string where;
  std::string again; ///< The options of `troupe-stress crash` that try it again.
  faults wrong;
};

/// How points of one sort went.
struct row {
  std::string plan;
  std::string points; ///< journal, effects, answers, …
  std::string what;   ///< before, after, EIO, …
  std::uint64_t tried = 0;
  std::uint64_t met = 0; ///< How many of them were reached before all had ended.
  std::vector<std::chrono::microseconds> recoveries;
  std::vector<finding> findings;
  std::string remark; ///< What else is worth to be told, or empty.
};

/// Told after each point; false: that is enough.
using watcher = std::function<bool(const row& so_far, const std::string& where)>;

/// 0 where there are none.
std::chrono::microseconds median(std::vector<std::chrono::microseconds> times);

/// A change told as accepted has to be there, and one told as ended has to have ended so. `were`: as
/// told before the daemon was disturbed, with an empty status where it was only accepted.
faults lost(const std::vector<told_change>& were, const std::vector<told_change>& are);

/// The number in a change's id.
std::uint64_t number_of(const told_change& change);

/// The changes since one, the oldest first.
std::vector<told_change> changes_after(const crash_world& world, std::uint64_t last);

/// The number of the newest change; 0: there is none.
std::uint64_t last_change(const crash_world& world);

/// What is installed after some changes more, whose kinds tell what they did.
void carry_out(const std::vector<told_change>& changes, installed_snaps& to);

} // namespace troupe::crash
