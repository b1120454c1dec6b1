#pragma once

#include <vector>

#include "messages/change.hpp"
#include "messages/journal_batch.hpp"
#include "runtime/rules/task_graph.hpp"

namespace troupe {

/// Tasks that a task has found to be needed, as they come into its change.
struct task_additions {
  added_tasks rows;
  std::vector<added_wait> waits; ///< Of tasks that are there already.
};

/// `more`: as in outcomes::done; they get the ids from `first` on, and the operation and lanes of the
/// task `after`, which they wait for. What waits for that waits for those of them that none of them
/// waits for. A task about a connection waits also for the last tasks done of the snaps at its other end
/// that this change has linked: then nothing of these is undone before it is, and nobody has to get in
/// for that.
task_additions additions_after(task_id after, const std::vector<task_record>& more, task_id first,
                               const change_record& change, const task_graph& graph);

} // namespace troupe
