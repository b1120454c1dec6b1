#pragma once

#include <chrono>
#include <cstdint>

#include "tests/crash/report.hpp"

namespace troupe::crash {

struct crowd_options {
  std::uint64_t seed = 1;
  std::uint64_t rounds = 0;       ///< 0: as many as there is time for.
  std::chrono::seconds seconds{}; ///< 0: as long as the rounds take.
};

/// Ten clients ask for installs that succeed and that fail, removals, disables, enables and changes of
/// three snaps, all at the same time, until the daemon is killed at a drawn call or moment; each third
/// time it is killed again while it recovers. Then nothing acknowledged may be lost, every change has to
/// end as it would unharmed, and what they did is what has to be there. Many rounds use one root.
row kill_amid_crowd(const crowd_options& options, const watcher& watch);

} // namespace troupe::crash
