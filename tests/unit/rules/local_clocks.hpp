#pragma once

#include "runtime/rules/refresh_windows.hpp"

/// Time zones for tests of timers.
namespace troupe::test {

inline time_point utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} +
         hours{hour} + minutes{minute};
}

/// A zone that is this much ahead of UTC.
inline local_clock fixed_zone(std::chrono::minutes ahead = {}) {
  using namespace std::chrono;
  return {[ahead](time_point time) {
            return local_seconds{floor<seconds>(time).time_since_epoch() + ahead};
          },
          [ahead](local_seconds time) { return time_point{time.time_since_epoch() - ahead}; }};
}

/// The zone of central Europe since 1996: an hour ahead of UTC, and two from 01:00 UTC of March's last
/// Sunday to 01:00 UTC of October's. A local time that there is twice is the earlier; one that there
/// isn't is the moment of the change.
inline local_clock european_zone() {
  using namespace std::chrono;
  auto ahead_at = [](sys_seconds time) {
    auto year = year_month_day{floor<days>(time)}.year();
    auto summer = sys_days{year / March / Sunday[last]} + hours{1};
    auto winter = sys_days{year / October / Sunday[last]} + hours{1};
    return time >= summer && time < winter ? hours{2} : hours{1};
  };
  auto to_local = [ahead_at](time_point time) {
    auto second = floor<seconds>(time);
    return local_seconds{second.time_since_epoch() + ahead_at(second)};
  };
  auto from_local = [ahead_at](local_seconds time) -> time_point {
    for (auto ahead : {hours{2}, hours{1}})
      if (auto there = sys_seconds{time.time_since_epoch() - ahead}; ahead_at(there) == ahead)
        return there;
    auto year = year_month_day{floor<days>(sys_seconds{time.time_since_epoch()})}.year();
    return sys_days{year / March / Sunday[last]} + hours{1};
  };
  return {to_local, from_local};
}

} // namespace troupe::test
