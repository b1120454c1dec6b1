#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/ids.hpp"
#include "messages/snap_state.hpp"
#include "messages/status.hpp"
#include "messages/task.hpp"
#include "messages/time.hpp"

/// How values that SQLite has no type for stand in a column. What is read from text throws failure
/// where the text isn't what was written.
namespace troupe::journal {

inline std::int64_t to_column(time_point time) { return time.time_since_epoch().count(); }
inline time_point time_from_column(std::int64_t nanoseconds) {
  return time_point{duration{nanoseconds}};
}

std::int64_t to_column(const snap_flags& flags);
snap_flags flags_from_column(std::int64_t bits);

task_status status_from_column(std::string_view word);

/// JSON arrays. Bytes that aren't UTF-8 are replaced: a hook's output may hold anything, and what
/// can't be read back would keep the daemon from starting.
std::string to_column(const std::vector<std::string>& lines);
std::string to_column(const std::vector<task_id>& ids);
std::string to_column(const std::vector<lane_number>& lanes);
std::vector<std::string> strings_from_column(std::string_view text);
std::vector<task_id> task_ids_from_column(std::string_view text);
std::vector<lane_number> lanes_from_column(std::string_view text);

/// A JSON object of strings.
std::string to_column(const std::map<std::string, std::string>& data);
std::map<std::string, std::string> data_from_column(std::string_view text);

/// NULL for a null pointer.
std::optional<std::string> to_column(const snap_info_ptr& info);
snap_info_ptr info_from_column(std::string_view text);

/// All but name and version, which have columns of their own; NULL for a snap that isn't installed.
std::optional<std::string> to_column(const snap_state& state);
void state_from_column(std::string_view text, snap_state& state);

/// What of an operation has no column of its own.
std::string more_column(const operation& op);
void more_from_column(std::string_view text, operation& op);

} // namespace troupe::journal
