#include "runtime/host/clock.hpp"

#include <ctime>

namespace troupe::host {

using namespace std::chrono;

local_seconds clock::to_local(time_point time) const {
  return local_seconds{floor<seconds>(time).time_since_epoch()};
}

time_point clock::from_local(local_seconds time) const { return time_point{time.time_since_epoch()}; }

time_point real_clock::now() const { return time_point_cast<duration>(system_clock::now()); }

local_seconds real_clock::to_local(time_point time) const {
  auto second = floor<seconds>(time);
  auto count = system_clock::to_time_t(second);
  std::tm local{};
  localtime_r(&count, &local);
  return local_seconds{second.time_since_epoch() + seconds{local.tm_gmtoff}};
}

// The C library takes a local time that there isn't, or is twice, for one of the two near it.
time_point real_clock::from_local(local_seconds time) const {
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{time - day};
  std::tm local{};
  local.tm_year = static_cast<int>(date.year()) - 1900;
  local.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  local.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  local.tm_hour = static_cast<int>(clock.hours().count());
  local.tm_min = static_cast<int>(clock.minutes().count());
  local.tm_sec = static_cast<int>(clock.seconds().count());
  local.tm_isdst = -1;
  return time_point{seconds{std::mktime(&local)}};
}

} // namespace troupe::host
