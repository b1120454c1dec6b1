#pragma once

#include <string>
#include <vector>

#include "messages/ids.hpp"
#include "messages/status.hpp"
#include "messages/time.hpp"

namespace troupe {

/// What is remembered of an ended change after its tasks are pruned.
struct history_entry {
  change_id id;
  std::string kind;
  std::string summary;
  task_status status = task_status::hold; ///< Of the whole change, as it ended.
  time_point spawned_at;
  time_point ready_at;
  std::string error;              ///< Empty unless it failed.
  std::vector<std::string> snaps; ///< Instance names, in the order of its operations.

  bool operator==(const history_entry&) const = default;
};

} // namespace troupe
