#include "runtime/rules/refresh_timer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr minutes whole_day = 24h;
// In the order of std::chrono::weekday's C encoding.
constexpr std::array<std::string_view, 7> day_words{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::string word(timer_day day) {
  auto text = std::string{day_words[day.day.c_encoding()]};
  return day.ordinal == 0 ? text : text + std::to_string(day.ordinal);
}

class timer_reader {
public:
  explicit timer_reader(std::string_view text) : text_{text} {}

  refresh_timer read() const {
    // Whatever is quoted in a message after this is a short line of ASCII.
    if (text_.size() > limits::refresh_timer_bytes)
      throw failure{"cannot read timer: it is longer than " +
                    std::to_string(limits::refresh_timer_bytes) + " bytes"};
    if (auto place = text_.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:,-~/");
        place != text_.npos)
      throw failure{"cannot read timer: its byte " + std::to_string(place + 1) +
                    " is none of lower-case letters, digits and :,-~/"};
    if (text_.empty())
      fail("it is empty; the default is " + std::string{default_refresh_timer});
    refresh_timer timer;
    std::uint32_t windows = 0;
    for (auto part : split(text_, ",,")) {
      timer.schedules.push_back(schedule(part));
      for (const auto& span : timer.schedules.back().spans)
        windows += span.parts;
    }
    if (windows > limits::refresh_timer_windows)
      fail("it has " + std::to_string(windows) + " windows a day; at most " +
           std::to_string(limits::refresh_timer_windows) + " are possible");
    return timer;
  }

private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw failure{"cannot read timer \"" + std::string{text_} + "\": " + reason};
  }

  [[noreturn]] void fail_at(std::string_view part, const std::string& reason) const {
    fail('"' + std::string{part} + "\": " + reason);
  }

  static std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    for (auto end = text.find(separator); end != text.npos; end = text.find(separator)) {
      parts.push_back(text.substr(0, end));
      text.remove_prefix(end + separator.size());
    }
    parts.push_back(text);
    return parts;
  }

  timer_schedule schedule(std::string_view text) const {
    timer_schedule result;
    for (auto part : split(text, ",")) {
      if (part.empty())
        fail("it has an empty part; parts are separated by one comma, schedules by two");
      if (part.front() >= '0' && part.front() <= '9')
        result.spans.push_back(span(part));
      else if (result.spans.empty())
        result.days.push_back(days(part));
      else
        fail_at(part, "days come before times; begin another schedule with two commas");
    }
    return result;
  }

  timer_days days(std::string_view text) const {
    auto dash = text.find('-');
    if (dash == text.npos) {
      auto single = day(text, text);
      return {single, single};
    }
    timer_days result{day(text.substr(0, dash), text), day(text.substr(dash + 1), text)};
    if (result.first.day == result.last.day)
      fail_at(text, "it begins and ends on the same day of the week; write the day alone");
    if (result.first.ordinal != 0 && result.last.ordinal != 0)
      fail_at(text, "only one end may have a number; write " + word(result.first) + '-' +
                        word({result.last.day}) + " or " + word({result.first.day}) + '-' +
                        word(result.last));
    return result;
  }

  timer_day day(std::string_view text, std::string_view part) const {
    auto found = std::find(day_words.begin(), day_words.end(), text.substr(0, 3));
    if (found == day_words.end())
      fail_at(part, "it is neither a time such as 9:30 nor a day (mon tue wed thu fri sat sun)");
    auto number = text.substr(3);
    auto result = timer_day{std::chrono::weekday{static_cast<unsigned>(found - day_words.begin())}};
    if (number.empty())
      return result;
    if (number.size() != 1 || number < "1" || number > "5")
      fail_at(part, "after a day only a number from 1 to 5 may follow: 1 is the month's first, "
                    "5 its last");
    result.ordinal = static_cast<std::uint8_t>(number.front() - '0');
    return result;
  }

  timer_span span(std::string_view text) const {
    auto slash = text.find('/');
    auto times = text.substr(0, slash);
    auto sign = times.find_first_of("-~");
    timer_span result;
    result.begin = time(times.substr(0, sign), text);
    if (result.begin == whole_day)
      fail_at(text, "24:00 is only the end of a span; write 00:00 of the next day");
    if (sign == times.npos) {
      if (slash != text.npos)
        fail_at(text, "only a span such as 9:00-11:00 can be divided");
      return result;
    }
    result.spread = times[sign] == '~';
    result.length = time(times.substr(sign + 1), text) - result.begin;
    if (result.length == 0min)
      fail_at(text, "it begins and ends at the same time; the whole day is 00:00-24:00");
    if (result.length < 0min)
      result.length += whole_day;
    if (slash != text.npos)
      result.parts = parts(text.substr(slash + 1), result.length, text);
    return result;
  }

  minutes time(std::string_view text, std::string_view part) const {
    auto colon = text.find(':');
    auto hour = colon == text.npos ? std::nullopt : number(text.substr(0, colon));
    auto minute = colon == text.npos ? std::nullopt : number(text.substr(colon + 1));
    if (!hour || !minute || colon > 2 || text.size() != colon + 3)
      fail_at(part, "a time is an hour and two digits of minutes, such as 9:30");
    if (*hour > 24 || (*hour == 24 && *minute > 0))
      fail_at(part, "a time is from 00:00 to 24:00");
    if (*minute > 59)
      fail_at(part, "its minutes are from 00 to 59");
    return minutes{*hour * 60 + *minute};
  }

  std::uint32_t parts(std::string_view text, minutes length, std::string_view part) const {
    auto count = number(text);
    if (!count || *count == 0)
      fail_at(part, "after / the number of its parts must follow, 1 or more");
    if (*count > length.count())
      fail_at(part, "it can't be divided into more parts than it has minutes, " +
                        std::to_string(length.count()));
    return *count;
  }

  static std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t result = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc{} || end != text.data() + text.size())
      return std::nullopt;
    return result;
  }

  std::string_view text_;
};

std::string time_text(minutes time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(time.count() / 60),
                static_cast<int>(time.count() % 60));
  return text.data();
}

std::string span_text(const timer_span& span) {
  auto text = time_text(span.begin);
  if (span.length == 0min)
    return text;
  auto end = span.begin + span.length;
  text += (span.spread ? '~' : '-') + time_text(end > whole_day ? end - whole_day : end);
  return span.parts == 1 ? text : text + '/' + std::to_string(span.parts);
}

} // namespace

refresh_timer parse_refresh_timer(std::string_view text) { return timer_reader{text}.read(); }

std::string to_string(const refresh_timer& timer) {
  std::string text;
  for (const auto& schedule : timer.schedules) {
    std::string separator = text.empty() ? "" : ",,";
    for (const auto& [first, last] : schedule.days) {
      text += separator + word(first);
      if (first != last)
        text += '-' + word(last);
      separator = ",";
    }
    for (const auto& span : schedule.spans) {
      text += separator + span_text(span);
      separator = ",";
    }
  }
  return text;
}

} // namespace troupe
