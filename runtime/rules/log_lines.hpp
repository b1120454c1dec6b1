#pragma once

#include <string>
#include <vector>

#include "messages/time.hpp"

namespace troupe {

/// A time as RFC 3339 writes it, UTC, with microseconds.
std::string to_rfc3339(time_point time);

/// Adds `LEVEL text` lines to a task's log as `TIME LEVEL text`; the newest limits::task_log_lines stay.
void add_log_lines(std::vector<std::string>& log, const std::vector<std::string>& lines, time_point now);

/// The text of the newest ERROR line, or empty.
std::string last_error(const std::vector<std::string>& log);

} // namespace troupe
