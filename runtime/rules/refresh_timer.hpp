#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// When refreshes are made by themselves. Source: the "timer string format" of the snap documentation.
namespace troupe {

/// `fri`, or with an ordinal the day of one week of the month: `fri2`. The fifth is the month's last
/// one, also where the month has but four.
struct timer_day {
  std::chrono::weekday day;
  std::uint8_t ordinal = 0; ///< 1 to 5; 0 for every week.

  bool operator==(const timer_day&) const = default;
};

/// The days from the first to the next such last one: `mon-fri`, `fri-mon`, `mon2-wed` (from the month's
/// second Monday), `mon-wed2` (up to the month's second Wednesday). At most one end has an ordinal.
/// A single day is both ends.
struct timer_days {
  timer_day first;
  timer_day last;

  bool operator==(const timer_days&) const = default;
};

/// A time of the day, or a span of one: `23:00`, `9:00-11:00`, `23:00~01:00/2`.
struct timer_span {
  std::chrono::minutes begin{};  ///< Since midnight, less than a day.
  std::chrono::minutes length{}; ///< Zero for a single time; at most a day.
  bool spread = false;           ///< Written with `~`: at a random moment of each part.
  std::uint32_t parts = 1;       ///< At least 1; no more than there are minutes in a span.

  bool operator==(const timer_span&) const = default;
};

/// `DAYS`, `TIMES` or `DAYS,TIMES`: without days it is of every day, without times at midnight.
struct timer_schedule {
  std::vector<timer_days> days;
  std::vector<timer_span> spans;

  bool operator==(const timer_schedule&) const = default;
};

/// Schedules that hold side by side; at least one.
struct refresh_timer {
  std::vector<timer_schedule> schedules;

  bool operator==(const refresh_timer&) const = default;
};

/// Four times a day, each at a random moment of six hours. Source: the same documentation.
inline constexpr std::string_view default_refresh_timer = "00:00~24:00/4";

/// Reads a timer of at most limits::refresh_timer_bytes that has at most limits::refresh_timer_windows
/// windows a day. Throws failure `cannot read timer "…": …` with the part that is wrong.
refresh_timer parse_refresh_timer(std::string_view text);

/// Writes it with two digits for an hour and without `/1`; a text that parse_refresh_timer reads as the
/// same timer.
std::string to_string(const refresh_timer& timer);

} // namespace troupe
