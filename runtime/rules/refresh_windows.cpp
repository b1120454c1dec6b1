#include "runtime/rules/refresh_windows.hpp"

#include <algorithm>
#include <optional>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

using namespace std::chrono;

bool has_ordinal(local_days day, timer_day wanted) {
  if (wanted.ordinal == 0)
    return true;
  auto date = year_month_day{day};
  if (wanted.ordinal == 5)
    return year_month_day{day + days{7}}.month() != date.month();
  return (static_cast<unsigned>(date.day()) - 1) / 7 + 1 == wanted.ordinal;
}

bool includes(const timer_days& range, local_days day) {
  auto since_first = weekday{day} - range.first.day;
  auto length = range.last.day - range.first.day;
  return since_first <= length && has_ordinal(day - since_first, range.first) &&
         has_ordinal(day - since_first + length, range.last);
}

bool includes(const timer_schedule& schedule, local_days day) {
  return schedule.days.empty() ||
         std::any_of(schedule.days.begin(), schedule.days.end(),
                     [&](const timer_days& range) { return includes(range, day); });
}

/// Looks for the first window among those that begin in spans of a day.
class window_search {
public:
  window_search(time_point last, time_point now, const local_clock& clock)
      : last_{std::min(last, now)}, now_{now}, clock_{clock} {}

  void look_at(const timer_schedule& schedule, local_days day) {
    if (!includes(schedule, day))
      return;
    if (schedule.spans.empty())
      look_at(timer_span{}, day);
    for (const auto& span : schedule.spans)
      look_at(span, day);
  }

  const std::optional<refresh_window>& found() const { return found_; }

private:
  void look_at(const timer_span& span, local_days day) {
    auto first = local_seconds{day} + span.begin;
    // Whole minutes, so that parts begin at times that can be written.
    auto after = [&](std::uint32_t parts) { return first + span.length * parts / span.parts; };
    for (std::uint32_t i = 0; i < span.parts; ++i) {
      refresh_window window{clock_.from_local(after(i)), clock_.from_local(after(i + 1)), span.spread};
      if (window.end <= window.begin)
        window.end = window.begin + minutes{1};
      if (window.begin > last_ && window.end > now_ && (!found_ || window.begin < found_->begin))
        found_ = window;
    }
  }

  time_point last_;
  time_point now_;
  const local_clock& clock_;
  std::optional<refresh_window> found_;
};

} // namespace

refresh_window next_window(const refresh_timer& timer, time_point last, time_point now,
                           const local_clock& clock) {
  window_search search{last, now, clock};
  auto today = floor<days>(clock.to_local(now));
  // A window that lasts now may have begun the day before, and the change of clocks may add hours to it.
  auto first = today - days{2};
  bool is_last = false;
  for (int i = 0; i <= limits::refresh_timer_search_days && !is_last; ++i) {
    // The parts of a span across midnight may begin after windows of the next day.
    is_last = search.found().has_value();
    for (const auto& schedule : timer.schedules)
      search.look_at(schedule, first + days{i});
  }
  if (search.found())
    return *search.found();
  throw failure{failure_kind::internal, "cannot find the next refresh of timer \"" + to_string(timer) +
                                            "\": there is none in " +
                                            std::to_string(limits::refresh_timer_search_days) + " days"};
}

time_point moment_in(const refresh_window& window, time_point now, std::uint64_t random) {
  auto first = std::max(window.begin, now);
  if (!window.spread || window.end <= first)
    return first;
  return first + duration{static_cast<std::int64_t>(
                     random % static_cast<std::uint64_t>((window.end - first).count()))};
}

} // namespace troupe
