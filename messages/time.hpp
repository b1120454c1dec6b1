#pragma once

#include <chrono>

namespace troupe {

/// Wall-clock time, UTC, in nanoseconds; the epoch means "not yet".
using time_point = std::chrono::sys_time<std::chrono::nanoseconds>;
using duration = std::chrono::nanoseconds;

inline bool is_set(time_point time) { return time != time_point{}; }

} // namespace troupe
