#pragma once

#include <functional>
#include <memory>
#include <string>

#include "messages/change.hpp"
#include "messages/task.hpp"

namespace troupe {

/// A task as its lane runs it: what the journal holds of it and of its operation.
struct task_job {
  change_id change;
  std::string change_kind;
  task_record task;
  std::shared_ptr<const operation> op; ///< Null for a task of no operation.
  std::string memo_before = "{}";      ///< The memo of the task that it waits for first.
  bool undo = false;
  std::string failed{}; ///< undo: the tasks of the change that have failed, in the words of its error.
};

using task_job_ptr = std::shared_ptr<const task_job>;

/// How a job ended, and the snap states that came of it and have yet to be made durable.
struct task_result {
  task_id task;
  bool undo = false;
  troupe::outcome outcome;
  std::vector<snap_state_ptr> states;
};

using task_result_ptr = std::shared_ptr<const task_result>;

/// Blocking work for a performer. It keeps its own result; what it throws becomes the reply's error.
using blocking_work = std::shared_ptr<const std::function<void()>>;

} // namespace troupe
