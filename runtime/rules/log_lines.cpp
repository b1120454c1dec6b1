#include "runtime/rules/log_lines.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "runtime/limits.hpp"

namespace troupe {

std::string to_rfc3339(time_point time) {
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  auto seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + length, text.size() - length, ".%06dZ",
                static_cast<int>(micros % 1'000'000));
  return text.data();
}

void add_log_lines(std::vector<std::string>& log, const std::vector<std::string>& lines,
                   time_point now) {
  for (const auto& line : lines)
    log.push_back(to_rfc3339(now) + " " + line);
  if (log.size() > limits::task_log_lines)
    log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(limits::task_log_lines));
}

std::string last_error(const std::vector<std::string>& log) {
  constexpr std::string_view mark = " ERROR ";
  for (auto line = log.rbegin(); line != log.rend(); ++line)
    if (auto at = line->find(mark); at != line->npos)
      return line->substr(at + mark.size());
  return "no message";
}

} // namespace troupe
