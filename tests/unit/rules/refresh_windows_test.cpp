#include <catch2/catch.hpp>

#include "local_clocks.hpp"
#include "messages/failure.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

refresh_window next_after(std::string_view timer, time_point now,
                          const local_clock& clock = fixed_zone()) {
  return next_window(parse_refresh_timer(timer), now, now, clock);
}

struct row {
  const char* timer;
  time_point now;
  time_point begin;
  time_point end;
};

} // namespace

TEST_CASE("the next window of a timer is the first that begins after the last refresh") {
  // The 1st of November 2026 is a Sunday, so its Mondays are 2, 9, 16, 23 and 30.
  for (const auto& [timer, now, begin, end] : {
           row{"00:00~24:00/4", utc(2026, 11, 2, 5), utc(2026, 11, 2, 6), utc(2026, 11, 2, 12)},
           {"00:00~24:00/4", utc(2026, 11, 2, 23), utc(2026, 11, 3), utc(2026, 11, 3, 6)},
           {"00:00-24:00/24", utc(2026, 11, 2, 5, 1), utc(2026, 11, 2, 6), utc(2026, 11, 2, 7)},
           {"00:00-24:00/7", utc(2026, 11, 2), utc(2026, 11, 2, 3, 25), utc(2026, 11, 2, 6, 51)},
           {"23:00", utc(2026, 11, 2, 22), utc(2026, 11, 2, 23), utc(2026, 11, 2, 23, 1)},
           {"23:00", utc(2026, 11, 2, 23), utc(2026, 11, 3, 23), utc(2026, 11, 3, 23, 1)},
           {"9:00-11:00,,20:00", utc(2026, 11, 2, 9, 5), utc(2026, 11, 2, 20), utc(2026, 11, 2, 20, 1)},
           {"20:00,,9:00-11:00", utc(2026, 11, 2, 8), utc(2026, 11, 2, 9), utc(2026, 11, 2, 11)},
           {"mon", utc(2026, 11, 2, 0, 1), utc(2026, 11, 9), utc(2026, 11, 9, 0, 1)},
           {"mon,wed", utc(2026, 11, 2, 0, 1), utc(2026, 11, 4), utc(2026, 11, 4, 0, 1)},
           {"mon-wed,9:00", utc(2026, 11, 4, 9), utc(2026, 11, 9, 9), utc(2026, 11, 9, 9, 1)},
           {"fri-mon,9:00", utc(2026, 11, 2, 9), utc(2026, 11, 6, 9), utc(2026, 11, 6, 9, 1)},
           {"mon1,9:00", utc(2026, 11, 2, 9), utc(2026, 12, 7, 9), utc(2026, 12, 7, 9, 1)},
           {"mon5,9:00", utc(2026, 11, 2, 9), utc(2026, 11, 30, 9), utc(2026, 11, 30, 9, 1)},
           // December 2026 has but four Mondays.
           {"mon5,9:00", utc(2026, 11, 30, 9), utc(2026, 12, 28, 9), utc(2026, 12, 28, 9, 1)},
           {"fri5,23:00-01:00", utc(2026, 11, 1), utc(2026, 11, 27, 23), utc(2026, 11, 28, 1)},
           {"mon2-wed,9:00", utc(2026, 11, 10, 9), utc(2026, 11, 11, 9), utc(2026, 11, 11, 9, 1)},
           {"mon2-wed,9:00", utc(2026, 11, 11, 9), utc(2026, 12, 14, 9), utc(2026, 12, 14, 9, 1)},
           // November's first Wednesday is the 4th, and the Monday before it the 2nd.
           {"mon-wed1,9:00", utc(2026, 11, 1), utc(2026, 11, 2, 9), utc(2026, 11, 2, 9, 1)},
           // The Monday before July's first Wednesday, the 1st, is in June.
           {"mon-wed1,9:00", utc(2026, 6, 28), utc(2026, 6, 29, 9), utc(2026, 6, 29, 9, 1)},
           // October's last Friday is the 30th, and the Monday after it in November.
           {"fri5-mon,9:00", utc(2026, 11, 1, 9), utc(2026, 11, 2, 9), utc(2026, 11, 2, 9, 1)},
           {"fri5-mon,9:00", utc(2026, 11, 2, 9), utc(2026, 11, 27, 9), utc(2026, 11, 27, 9, 1)},
           {"sun,23:00-01:00/4", utc(2026, 11, 1, 23, 30), utc(2026, 11, 2), utc(2026, 11, 2, 0, 30)},
           // The second half of a span across midnight begins after what the next day has.
           {"sun,20:00-18:00/2,,mon,5:00", utc(2026, 11, 1, 20), utc(2026, 11, 2, 5),
            utc(2026, 11, 2, 5, 1)},
           {"sun,20:00-18:00/2,,mon,8:00", utc(2026, 11, 1, 20), utc(2026, 11, 2, 7),
            utc(2026, 11, 2, 18)},
           {"sat5", utc(2028, 2, 26), utc(2028, 3, 25), utc(2028, 3, 25, 0, 1)},
           {"tue5", utc(2028, 2, 23), utc(2028, 2, 29), utc(2028, 2, 29, 0, 1)},
           {"00:00-24:00", utc(2026, 12, 31, 12), utc(2027, 1, 1), utc(2027, 1, 2)},
       }) {
    CAPTURE(timer, now.time_since_epoch().count());
    auto window = next_after(timer, now);
    CHECK(window.begin == begin);
    CHECK(window.end == end);
  }
}

TEST_CASE("a window that lasts now is used if nothing was refreshed since it began") {
  auto timer = parse_refresh_timer("23:00-01:00");
  refresh_window tonight{utc(2026, 11, 2, 23), utc(2026, 11, 3, 1)};
  auto midnight = utc(2026, 11, 3);
  CHECK(next_window(timer, {}, midnight, fixed_zone()) == tonight);
  CHECK(next_window(timer, utc(2026, 11, 2, 22), midnight, fixed_zone()) == tonight);
  CHECK(next_window(timer, utc(2026, 11, 2, 23, 30), midnight, fixed_zone()).begin ==
        utc(2026, 11, 3, 23));
}

TEST_CASE("a window that is over is not made up for") {
  auto timer = parse_refresh_timer("mon,9:00-10:00");
  CHECK(next_window(timer, utc(2026, 9, 1), utc(2026, 11, 2, 10), fixed_zone()).begin ==
        utc(2026, 11, 9, 9));
}

TEST_CASE("a last refresh in the future counts as now") {
  auto timer = parse_refresh_timer("9:00-10:00");
  CHECK(next_window(timer, utc(2038, 1, 1), utc(2026, 11, 2, 8), fixed_zone()).begin ==
        utc(2026, 11, 2, 9));
}

TEST_CASE("days and times are local ones") {
  // 20:00 UTC of a Sunday is 05:00 of Monday.
  auto tokyo = fixed_zone(9h);
  CHECK(next_after("mon,5:00", utc(2026, 11, 1, 12), tokyo).begin == utc(2026, 11, 1, 20));
  auto newfoundland = fixed_zone(-3h - 30min);
  CHECK(next_after("sun,23:00-24:00", utc(2026, 11, 2), newfoundland).begin == utc(2026, 11, 2, 2, 30));
}

TEST_CASE("a window that clocks are put forward over is the minute after that") {
  // 02:00 to 03:00 of the 29th of March 2026 isn't there.
  auto window = next_after("2:15-2:45", utc(2026, 3, 28, 12), european_zone());
  CHECK(window == refresh_window{utc(2026, 3, 29, 1), utc(2026, 3, 29, 1, 1)});
  CHECK(next_after("2:15-2:45", window.begin, european_zone()).begin == utc(2026, 3, 30, 0, 15));
}

TEST_CASE("a window around the hour that is left out is an hour shorter") {
  auto window = next_after("sun,1:30-3:30", utc(2026, 3, 28), european_zone());
  CHECK(window == refresh_window{utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1, 30)});
}

TEST_CASE("a window in the hour that is there twice is used once") {
  // 02:00 to 03:00 of the 25th of October 2026 is from 00:00 UTC, and again from 01:00 UTC.
  auto window = next_after("2:15-2:45", utc(2026, 10, 24, 12), european_zone());
  CHECK(window == refresh_window{utc(2026, 10, 25, 0, 15), utc(2026, 10, 25, 0, 45)});
  CHECK(next_after("2:15-2:45", window.begin, european_zone()).begin == utc(2026, 10, 26, 1, 15));
}

TEST_CASE("a window around the hour that is there twice is an hour longer") {
  auto window = next_after("sun,1:30-3:30", utc(2026, 10, 24), european_zone());
  CHECK(window == refresh_window{utc(2026, 10, 24, 23, 30), utc(2026, 10, 25, 2, 30)});
}

TEST_CASE("a local clock that stands still ends the search with a failure") {
  local_clock broken{[](time_point) { return std::chrono::local_seconds{}; },
                     [](std::chrono::local_seconds) { return time_point{}; }};
  CHECK_THROWS_AS(next_after("00:00-24:00/1440", utc(2026, 11, 2), broken), failure);
}

TEST_CASE("a window that isn't spread is used at its begin, or at once") {
  refresh_window window{utc(2026, 11, 2, 9), utc(2026, 11, 2, 11), false};
  CHECK(moment_in(window, utc(2026, 11, 2, 8), 12345) == window.begin);
  CHECK(moment_in(window, utc(2026, 11, 2, 10), 12345) == utc(2026, 11, 2, 10));
  CHECK(moment_in(window, utc(2026, 11, 2, 12), 12345) == utc(2026, 11, 2, 12));
}

TEST_CASE("the moment in a spread window is the random number's, in what is left of it") {
  refresh_window window{utc(2026, 11, 2, 9), utc(2026, 11, 2, 11), true};
  CHECK(moment_in(window, utc(2026, 11, 2, 8), 0) == window.begin);
  auto length = static_cast<std::uint64_t>((window.end - window.begin).count());
  CHECK(moment_in(window, utc(2026, 11, 2, 8), length - 1) == window.end - 1ns);
  CHECK(moment_in(window, utc(2026, 11, 2, 8), length) == window.begin);
  CHECK(moment_in(window, utc(2026, 11, 2, 10), length / 2) == utc(2026, 11, 2, 10));
  CHECK(moment_in(window, utc(2026, 11, 2, 11), 5) == utc(2026, 11, 2, 11));
}
