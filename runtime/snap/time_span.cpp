#include "runtime/snap/time_span.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace troupe {

std::optional<std::uint64_t> milliseconds_of(std::string_view text) {
  // A unit that begins like another comes before it.
  constexpr std::array<std::pair<std::string_view, double>, 7> units{
      {{"ns", 1e-6}, {"us", 1e-3}, {"µs", 1e-3}, {"ms", 1.0}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}}};
  constexpr double longest = 1e12;
  if (text == "0")
    return 0;
  if (text.empty())
    return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    if (text.front() != '.' && (text.front() < '0' || text.front() > '9'))
      return std::nullopt;
    double number = 0;
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{})
      return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    bool known = false;
    for (const auto& [unit, factor] : units) {
      if (!text.starts_with(unit))
        continue;
      text.remove_prefix(unit.size());
      total += number * factor;
      known = true;
      break;
    }
    if (!known || total > longest)
      return std::nullopt;
  }
  return static_cast<std::uint64_t>(total);
}

} // namespace troupe
