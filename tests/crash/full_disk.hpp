#pragma once

#include "tests/crash/report.hpp"

namespace troupe::crash {

/// Lets the disk that the root lies on run full, with more and more bytes left at the beginning, and
/// asks for one operation of each sort. Each has to be refused with a reason, or to end done or undone;
/// in every second round the daemon is killed and started on the full disk. Once there is space again
/// all has to work.
row fill_disk(std::uint64_t every, const watcher& watch);

} // namespace troupe::crash
