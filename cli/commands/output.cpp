#include "cli/commands/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace troupe::cli {

namespace {

constexpr std::size_t column_gap = 2;
constexpr std::size_t column_least = 5;
constexpr long day_seconds = 24 * 60 * 60;
constexpr long days_told_by_count = 60;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Seconds since 1970, or -1 where the text is no RFC 3339 time.
std::time_t seconds_of(std::string_view rfc3339) {
  std::string text{rfc3339};
  std::tm parts{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (!rest)
    return -1;
  if (*rest == '.')
    for (++rest; *rest >= '0' && *rest <= '9';)
      ++rest;
  auto seconds = timegm(&parts);
  int hours = 0;
  int minutes = 0;
  char sign = 0;
  if (std::sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) == 3)
    seconds -= (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  return seconds;
}

std::string formatted(const std::tm& time, const char* pattern) {
  std::ostringstream out;
  out << std::put_time(&time, pattern);
  return out.str();
}

/// Days since some fixed day, in the time zone of `time`.
long day_of(std::tm time) {
  time.tm_hour = time.tm_min = time.tm_sec = 0;
  return timegm(&time) / day_seconds;
}

} // namespace

void table::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()), column_least);
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(row[i]) + column_gap);
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size())
        out << std::string(widths[i] - width(row[i]), ' ');
    }
    out << '\n';
  }
}

colours::colours(int descriptor) {
  const char* terminal = std::getenv("TERM");
  const char* refused = std::getenv("NO_COLOR");
  on_ = isatty(descriptor) && !(refused && *refused) && terminal && std::string_view{terminal} != "dumb";
}

std::string colours::wrapped(std::string_view code, std::string_view text) const {
  if (!on_)
    return std::string{text};
  return "\x1b[" + std::string{code} + "m" + std::string{text} + "\x1b[0m";
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    bool control = (c < 0x20 && c != '\n') || c == 0x7F;
    // U+0080 to U+009F are control characters too, in UTF-8 0xC2 and then 0x80 to 0x9F.
    bool high_control =
        c == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) < 0xA0);
    if (high_control)
      ++i;
    result += c == '\t' ? ' ' : control || high_control ? '?' : text[i];
  }
  return result;
}

std::size_t width(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

std::string clipped(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end)
    if (!continues_character(text[end]) && ++seen > columns)
      break;
  return std::string{text.substr(0, end)};
}

std::string human_time(std::string_view rfc3339, bool absolute) {
  auto seconds = rfc3339.empty() ? -1 : seconds_of(rfc3339);
  if (seconds < 0)
    return "-";
  if (absolute)
    return printable(rfc3339);
  auto now = std::time(nullptr);
  std::tm then{};
  std::tm today{};
  localtime_r(&seconds, &then);
  localtime_r(&now, &today);
  auto days = day_of(today) - day_of(then);
  auto clock = formatted(then, "at %H:%M %Z");
  if (days == 0)
    return "today " + clock;
  if (days == 1)
    return "yesterday " + clock;
  if (days == -1)
    return "tomorrow " + clock;
  if (days > 1 && days < days_told_by_count)
    return std::to_string(days) + " days ago, " + clock;
  if (days < -1 && -days < days_told_by_count)
    return "in " + std::to_string(-days) + " days, " + clock;
  return formatted(then, "%Y-%m-%d");
}

std::string human_size(std::uint64_t bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  auto amount = static_cast<double>(bytes);
  while (amount >= 999.5 && unit + 1 < units.size()) {
    amount /= 1000;
    ++unit;
  }
  std::ostringstream out;
  bool fraction = unit > 1 && amount < 9.95;
  out << std::fixed << std::setprecision(fraction ? 1 : 0) << amount << units[unit];
  return out.str();
}

std::string or_dash(std::string_view text) { return text.empty() ? "-" : std::string{text}; }

std::string text_of(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  if (!found)
    return {};
  if (found->is_string())
    return printable(found->get_string());
  if (found->is_int64() || found->is_uint64())
    return json::write(*found);
  return {};
}

bool flag_of(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->is_bool() && found->get_bool();
}

std::uint64_t number_of(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  if (!found)
    return 0;
  boost::json::error_code code;
  auto number = found->to_number<std::uint64_t>(code);
  return code ? 0 : number;
}

const json::array& as_array(const json::value& value) {
  static const json::array none;
  return value.is_array() ? value.get_array() : none;
}

const json::object& as_object(const json::value& value) {
  static const json::object none;
  return value.is_object() ? value.get_object() : none;
}

const json::array& array_of(const json::object& from, std::string_view key) {
  static const json::array none;
  const auto* found = from.if_contains(key);
  return found ? as_array(*found) : none;
}

const json::object& object_of(const json::object& from, std::string_view key) {
  static const json::object none;
  const auto* found = from.if_contains(key);
  return found ? as_object(*found) : none;
}

void print_json(const json::value& document) { std::cout << json::write(document) << '\n'; }

} // namespace troupe::cli
