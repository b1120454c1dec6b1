#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <algorithm>

#include "local_clocks.hpp"
#include "messages/failure.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono;

namespace {

timer_days any_days() {
  auto day = [] { return weekday{*rc::gen::inRange(0U, 7U)}; };
  auto ordinal = static_cast<std::uint8_t>(*rc::gen::inRange(0, 6));
  timer_day first{day(), ordinal};
  if (*rc::gen::arbitrary<bool>())
    return {first, first};
  timer_day last{first.day + days{*rc::gen::inRange(1, 7)}};
  if (*rc::gen::arbitrary<bool>())
    std::swap(first.ordinal, last.ordinal);
  return {first, last};
}

timer_span any_span() {
  timer_span span{minutes{*rc::gen::inRange(0, 1440)}};
  if (*rc::gen::arbitrary<bool>())
    return span;
  span.length = minutes{*rc::gen::inRange(1, span.begin == minutes{0} ? 1441 : 1440)};
  span.spread = *rc::gen::arbitrary<bool>();
  span.parts =
      *rc::gen::inRange(1U, std::min(100U, static_cast<std::uint32_t>(span.length.count()) + 1));
  return span;
}

refresh_timer any_timer() {
  refresh_timer timer;
  auto schedules = *rc::gen::inRange(1, 4);
  for (int i = 0; i < schedules; ++i) {
    timer_schedule schedule;
    auto day_count = *rc::gen::inRange(0, 3);
    auto span_count = *rc::gen::inRange(day_count == 0 ? 1 : 0, 4);
    for (int k = 0; k < day_count; ++k)
      schedule.days.push_back(any_days());
    for (int k = 0; k < span_count; ++k)
      schedule.spans.push_back(any_span());
    timer.schedules.push_back(schedule);
  }
  return timer;
}

troupe::time_point any_time() {
  // From 2000 to 2100.
  return troupe::time_point{seconds{*rc::gen::inRange<std::int64_t>(946'684'800, 4'102'444'800)}};
}

local_clock any_zone() {
  if (*rc::gen::arbitrary<bool>())
    return european_zone();
  return fixed_zone(minutes{*rc::gen::inRange(-12 * 60, 14 * 60 + 1)});
}

/// The number in its month of a day, and whether it is the last of its weekday there; by counting.
std::pair<int, bool> place_in_month(local_days day) {
  auto month = year_month_day{day}.month();
  int place = 1;
  for (auto before = day - days{7}; year_month_day{before}.month() == month; before -= days{7})
    ++place;
  return {place, year_month_day{day + days{7}}.month() != month};
}

bool is_day(local_days day, timer_day wanted) {
  auto [place, is_last] = place_in_month(day);
  return weekday{day} == wanted.day && (wanted.ordinal == 0 || (wanted.ordinal == 5 && is_last) ||
                                        (wanted.ordinal < 5 && place == wanted.ordinal));
}

/// Whether a day is in a range: walks back to the first day and on to the last.
bool in_range(local_days day, const timer_days& range) {
  for (int back = 0; back < 7; ++back) {
    if (!is_day(day - days{back}, range.first))
      continue;
    for (int on = 0; back + on < 7; ++on)
      if (is_day(day + days{on}, range.last))
        return true;
  }
  return false;
}

/// Whether a schedule has a window that begins at a local minute.
bool begins_at(const timer_schedule& schedule, local_seconds time) {
  auto spans = schedule.spans;
  if (spans.empty())
    spans.push_back({});
  for (const auto& span : spans)
    for (std::uint32_t i = 0; i < span.parts; ++i) {
      auto after_midnight = span.begin + minutes{span.length.count() * i / span.parts};
      auto day = time - after_midnight;
      if (day != floor<days>(day))
        continue;
      if (schedule.days.empty() ||
          std::any_of(schedule.days.begin(), schedule.days.end(),
                      [&](const timer_days& range) { return in_range(floor<days>(day), range); }))
        return true;
    }
  return false;
}

bool begins_at(const refresh_timer& timer, local_seconds time) {
  return std::any_of(timer.schedules.begin(), timer.schedules.end(),
                     [&](const timer_schedule& schedule) { return begins_at(schedule, time); });
}

} // namespace

TEST_CASE("every timer is read again as it was written") {
  CHECK(rc::check("parse(to_string(timer)) == timer", [] {
    auto timer = any_timer();
    RC_ASSERT(parse_refresh_timer(to_string(timer)) == timer);
  }));
}

TEST_CASE("every text is either a timer or refused in one short line") {
  CHECK(rc::check("any text of a timer's letters", [] {
    auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"montuefri0123459:,,-~/"}));
    try {
      auto timer = parse_refresh_timer(text);
      RC_ASSERT(parse_refresh_timer(to_string(timer)) == timer);
    } catch (const failure& refusal) {
      std::string_view reason = refusal.what();
      RC_ASSERT(reason.starts_with("cannot read timer"));
      RC_ASSERT(reason.find('\n') == reason.npos);
    }
  }));
  CHECK(rc::check("any bytes", [](const std::string& text) {
    try {
      parse_refresh_timer(text);
    } catch (const failure&) {
    }
  }));
}

TEST_CASE("the next window begins after the last refresh and isn't over") {
  CHECK(rc::check("begin > last, end > now, the moment is in it", [](std::uint64_t random) {
    auto timer = any_timer();
    auto now = any_time();
    auto last = now - seconds{*rc::gen::inRange(0, 40 * 86'400)};
    auto window = next_window(timer, last, now, any_zone());
    RC_ASSERT(window.begin > last);
    RC_ASSERT(window.begin < window.end);
    RC_ASSERT(window.end > now);
    auto moment = moment_in(window, now, random);
    RC_ASSERT(moment >= window.begin);
    RC_ASSERT(moment >= now);
    RC_ASSERT(moment < window.end);
  }));
}

TEST_CASE("the next window is on a day and at a time that its timer names") {
  CHECK(rc::check("the begin, as local time", [] {
    auto timer = any_timer();
    auto now = any_time();
    auto clock = fixed_zone(minutes{*rc::gen::inRange(-12 * 60, 14 * 60 + 1)});
    auto window = next_window(timer, now, now, clock);
    RC_ASSERT(begins_at(timer, clock.to_local(window.begin)));
  }));
}

TEST_CASE("no window is passed over") {
  CHECK(rc::check("no minute between now and the begin begins a window", [] {
    auto timer = any_timer();
    auto now = any_time();
    auto clock = fixed_zone();
    auto window = next_window(timer, now, now, clock);
    // Days that lie far ahead are looked at from near enough to be quick.
    auto from = std::max(now, window.begin - hours{24});
    for (auto time = ceil<minutes>(from + nanoseconds{1}); time < window.begin; time += minutes{1})
      RC_ASSERT_FALSE(begins_at(timer, clock.to_local(time)));
  }));
}

TEST_CASE("windows that are used one after the other come in order") {
  CHECK(rc::check("each begins after the one before", [] {
    auto timer = any_timer();
    auto clock = any_zone();
    auto now = any_time();
    for (int i = 0; i < 20; ++i) {
      auto window = next_window(timer, now, now, clock);
      RC_ASSERT(window.begin > now);
      now = window.begin;
    }
  }));
}
