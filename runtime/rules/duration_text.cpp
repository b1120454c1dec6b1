#include "runtime/rules/duration_text.hpp"

#include <array>
#include <charconv>

namespace troupe {

namespace {

using namespace std::chrono_literals;

struct unit {
  std::string_view word;
  duration length;
};

constexpr std::array units{unit{"d", 24h}, unit{"h", 1h}, unit{"m", 1min}, unit{"s", 1s},
                           unit{"ms", 1ms}};
constexpr duration longest = 24h * 366;

} // namespace

std::optional<duration> duration_from_text(std::string_view text) {
  duration sum{};
  auto next = units.begin();
  if (text.empty())
    return std::nullopt;
  while (!text.empty()) {
    std::uint32_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{})
      return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    auto letters = text.substr(0, text.find_first_of("0123456789"));
    while (next != units.end() && next->word != letters)
      ++next;
    if (next == units.end() || number > longest / next->length)
      return std::nullopt;
    sum += number * next->length;
    text.remove_prefix(letters.size());
    ++next;
  }
  return sum <= longest ? std::optional{sum} : std::nullopt;
}

std::string duration_text(duration length) {
  std::string text;
  int parts = 0;
  for (const auto& [word, one] : units) {
    if (one < 1s || parts == 2)
      break;
    auto number = length / one;
    if (number == 0 && parts == 0)
      continue;
    length -= number * one;
    if (number > 0)
      text += std::to_string(number) + std::string{word};
    ++parts;
  }
  return text.empty() ? "0s" : text;
}

} // namespace troupe
