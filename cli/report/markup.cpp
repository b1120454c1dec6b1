#include "cli/report/markup.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace troupe::report {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr std::string_view narrow_space = "\xe2\x80\xaf";
constexpr double most_significant = 1e4;

// Source: RFC 3629, section 4: the lengths, and the bounds of the second byte that keep out overlong
// forms, surrogates and what lies above U+10FFFF.
std::size_t sequence_length(std::string_view rest) {
  auto at = [&](std::size_t i) { return i < rest.size() ? static_cast<std::uint8_t>(rest[i]) : 0U; };
  auto follows = [&](std::size_t i) { return (at(i) & 0xc0U) == 0x80U; };
  auto lead = at(0);
  if (lead < 0x80)
    return 1;
  auto low = lead == 0xe0 ? 0xa0U : lead == 0xf0 ? 0x90U : 0x80U;
  auto high = lead == 0xed ? 0x9fU : lead == 0xf4 ? 0x8fU : 0xbfU;
  if (at(1) < low || at(1) > high)
    return 0;
  if (lead >= 0xc2 && lead <= 0xdf)
    return 2;
  if (lead >= 0xe0 && lead <= 0xef)
    return follows(2) ? 3 : 0;
  return lead >= 0xf0 && lead <= 0xf4 && follows(2) && follows(3) ? 4 : 0;
}

std::string with_gaps(std::string digits) {
  auto negative = digits.starts_with('-') ? 1U : 0U;
  std::string result;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    auto left = digits.size() - i;
    if (i > negative && left % 3 == 0)
      result += narrow_space;
    result += digits[i];
  }
  return result;
}

} // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    auto length = sequence_length(text.substr(i));
    if (length != 1) {
      result += length == 0 ? replacement : text.substr(i, length);
      i += length == 0 ? 1 : length;
      continue;
    }
    switch (auto byte = text[i++]) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    case '\'':
      result += "&#39;";
      break;
    default:
      result += static_cast<std::uint8_t>(byte) < 0x20 || byte == 0x7f ? ' ' : byte;
    }
  }
  return result;
}

std::string short_number(double number) {
  char text[64];
  if (std::abs(number) >= most_significant && std::abs(number) < 1e15) {
    std::snprintf(text, sizeof text, "%.0f", number);
    return with_gaps(text);
  }
  std::snprintf(text, sizeof text, "%.4g", number);
  return text;
}

} // namespace troupe::report
