#include "runtime/rules/length_of_time.hpp"

#include <array>
#include <charconv>
#include <optional>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/duration_text.hpp"

namespace troupe {

namespace {

using namespace std::chrono_literals;

struct unit {
  std::string_view word;
  duration length;
};

constexpr std::array units{
    unit{"ns", 1ns}, unit{"us", 1us}, unit{"µs", 1us}, unit{"ms", 1ms},    unit{"s", 1s},
    unit{"m", 1min}, unit{"h", 1h},   unit{"d", 24h},  unit{"w", 24h * 7},
};

/// Nanoseconds; less than a century, so that no sum with a time overflows.
std::optional<duration> sum_of(std::string_view text) {
  constexpr double longest = 100.0 * 366 * 86'400e9;
  if (text.empty())
    return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    // from_chars would read a sign and words such as "inf".
    if (text.find_first_of(".0123456789") != 0)
      return std::nullopt;
    double number = 0;
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{})
      return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    auto word = text.substr(0, text.find_first_of(".0123456789"));
    double factor = 0;
    for (const auto& [known, length] : units)
      if (known == word)
        factor = static_cast<double>(length.count());
    sum += number * factor;
    if (factor == 0 || sum > longest)
      return std::nullopt;
    text.remove_prefix(word.size());
  }
  return duration{static_cast<std::int64_t>(sum)};
}

} // namespace

duration length_of_time(std::string_view text, duration least, duration most) {
  if (text.size() > limits::option_value_bytes)
    throw failure{"it is too long for a length of time"};
  auto length = sum_of(text);
  if (!length)
    throw failure{json::write(json::value(text)) +
                  " is no length of time such as 48h, 1h30m, 30d or 2w"};
  if (*length < least)
    throw failure{json::write(json::value(text)) + " is shorter than " + duration_text(least)};
  if (*length > most)
    throw failure{json::write(json::value(text)) + " is longer than " + duration_text(most)};
  return *length;
}

} // namespace troupe
