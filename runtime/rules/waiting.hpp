#pragma once

#include <functional>

#include "messages/wait_reason.hpp"
#include "runtime/rules/task_graph.hpp"

namespace troupe {

/// Whether a task may wait like this for days, because it is somebody's wish.
bool waits_by_wish(const wait_reason& reason);

/// Whether a lane can make way for another change without loss: one of its tasks waits for applications
/// to end, and apart from what is done nothing else of it has begun.
bool can_make_way(const task_graph& graph, lane_number lane,
                  const std::function<bool(task_id)>& waits_for_apps);

/// Whether a run that has failed for the n-th time is run again after limits::undo_retry: what is half
/// undone, or half removed for good, is worse than a wait.
bool is_tried_again(bool undo, bool irreversible, int failures);

} // namespace troupe
