#pragma once

#include <cstdint>
#include <functional>

#include "messages/time.hpp"
#include "runtime/rules/refresh_timer.hpp"

namespace troupe {

/// The host's time zone. Every time_point has a local time; where clocks are put forward some local
/// times are of no time_point, where they are put back some are of two: whichever is near may then be
/// given.
struct local_clock {
  std::function<std::chrono::local_seconds(time_point)> to_local;
  std::function<time_point(std::chrono::local_seconds)> from_local;
};

/// When one refresh is to be made: from begin up to, but not at, end.
struct refresh_window {
  time_point begin;
  time_point end;
  bool spread = false; ///< At a random moment of it rather than as soon as it can be.

  bool operator==(const refresh_window&) const = default;
};

/// The first window that isn't over now and has begun after the last refresh: the one that lasts now,
/// if nothing was refreshed since its begin, else one to come. A single time's window is a minute. A
/// window that no local time is in, since clocks are put forward over it, is a minute too. A last
/// refresh in the future, for the clock was put back since, counts as now. Throws failure where
/// limits::refresh_timer_search_days have no window, which only a wrong local_clock can be the cause of.
refresh_window next_window(const refresh_timer& timer, time_point last, time_point now,
                           const local_clock& clock);

/// The moment of a window to refresh at, not before now: its begin, or, where it is spread, one that the
/// random number chooses evenly. Now, if the window is over.
time_point moment_in(const refresh_window& window, time_point now, std::uint64_t random);

} // namespace troupe
