#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/change.hpp"
#include "messages/notice.hpp"
#include "messages/snap_state.hpp"

namespace troupe {

/// What of a task changes in the course of its life.
struct task_row {
  task_id id;
  task_status status = task_status::do_;
  task_status waited = task_status::done;
  std::string memo;
  task_progress progress;
  std::vector<std::string> log;
  time_point ready_at;
};

/// How a change ended.
struct change_end {
  change_id id;
  time_point ready_at;
  std::string error;
};

/// What a change gets with its claims, if it had to wait for them, or from a task that has found more to
/// be needed.
struct added_tasks {
  change_id change;
  std::vector<operation>
      operations; ///< As they are planned now, instead of the former; none: as before.
  std::vector<task_record> tasks;
  std::vector<std::pair<task_id, std::vector<task_id>>> waits; ///< What others wait for by now.
};

/// What becomes durable together, or not at all.
struct journal_batch {
  std::vector<std::shared_ptr<const change_record>> new_changes; ///< With all their tasks.
  std::vector<added_tasks> added;
  std::vector<task_row> tasks;
  std::vector<snap_state_ptr> snaps; ///< A state without revisions deletes the row.
  std::vector<change_end> ended;
  std::vector<change_id> pruned;
  std::vector<notice> notices;                 ///< New ones, and new occurrences of known ones.
  std::vector<std::uint64_t> no_notices;       ///< Ids of expired ones.
  std::vector<warning> warnings;               ///< New ones, and new states of known ones.
  std::vector<std::string> no_warnings;        ///< Messages of expired ones.
  std::map<std::string, std::string> settings; ///< New values, JSON texts, by name.
};

/// All that the journal holds, read at start.
struct journal_contents {
  std::vector<change_record> changes;          ///< By id; ended ones have ready_at set.
  std::vector<snap_state_ptr> snaps;           ///< By name.
  std::vector<notice> notices;                 ///< By id.
  std::vector<warning> warnings;               ///< By message.
  std::map<std::string, std::string> settings; ///< JSON texts, by name.
  change_id last_change;                       ///< The highest id ever given out.
  task_id last_task;
};

} // namespace troupe
