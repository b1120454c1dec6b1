#pragma once

#include <memory>

#include "actors/lane.hpp"

namespace troupe {

/// One run of a task's perform or undo, shared with the performer that executes it.
struct lane::task_run {
  const task_kind* kind = nullptr;
  task_context context;
  task_result result{};
  snap_actor subject{};  ///< Of the snap that the task is about.
  bool has_turn = false; ///< No other hook of it runs meanwhile.
  std::shared_ptr<const claims_granted> claims{};

  void handle() {
    auto handler = context.job->undo ? kind->undo : kind->perform;
    result.outcome = handler ? handler(context) : troupe::done();
  }
};

} // namespace troupe
