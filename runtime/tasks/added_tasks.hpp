#pragma once

#include <vector>

#include "runtime/rules/task_lists.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// The tasks that `add` appends to a chain of the task's operation, for outcomes::done.
template <class Add>
std::vector<task_record> added_tasks_of(const task_context& context, Add add) {
  change_record change;
  change.operations = {context.op()};
  plan_context plan;
  plan.now = context.os().clock->now();
  plan.next_task = [last = std::uint64_t{0}]() mutable { return task_id{++last}; };
  task_chain chain{change, plan, 0};
  add(chain);
  return std::move(change.tasks);
}

} // namespace troupe
