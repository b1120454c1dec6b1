#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/ids.hpp"
#include "messages/task.hpp"
#include "messages/wait_reason.hpp"

namespace troupe {

/// A transaction as it stands in the journal.
struct change_record {
  change_id id;
  std::string kind;    ///< install-snap, remove-snap, …
  std::string summary; ///< `Install "hello" snap from file "hello_1.0_all.snap"`
  std::vector<operation> operations;
  std::string data = "{}"; ///< A JSON object for the client: snap-name or snap-names.
  std::uint32_t requester_uid = 0;
  time_point spawned_at;
  time_point ready_at;
  std::string error; ///< Set once it is ready and failed.
  std::vector<task_record> tasks;
};

/// A lane as a client sees it.
struct lane_view {
  lane_number lane = 0;
  bool ready = false;
  std::string doing;                      ///< What it is for, such as `install hello`.
  task_status status = task_status::hold; ///< Of its tasks together.
};

/// A change as a client sees it.
struct change_view {
  change_record record;
  task_status status = task_status::do_;
  bool ready = false;
  std::map<task_id, wait_reason> waits; ///< One for each unready task.
  std::vector<lane_view> lanes;
};

using change_view_ptr = std::shared_ptr<const change_view>;

} // namespace troupe
