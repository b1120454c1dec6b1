#include "runtime/rules/held_up.hpp"

#include <algorithm>

namespace troupe {

held_up held_up_by(const std::vector<task_record>& tasks, const task_record& task) {
  if (task.kind != "wait-for-apps")
    return held_up::nothing;
  if (task.status == task_status::doing)
    return held_up::applications;
  if (task.status != task_status::done && task.status != task_status::undo &&
      task.status != task_status::undoing)
    return held_up::nothing;
  auto allows = std::ranges::find_if(tasks, [&](const auto& other) {
    return other.kind == "allow-apps" && other.operation >= task.operation && other.lanes == task.lanes;
  });
  if (allows == tasks.end())
    return held_up::applications_and_shutdown;
  if (allows->status == task_status::done)
    return held_up::nothing;
  // Who uses the new revision is still waited for; until then that is whole.
  return allows->status == task_status::undo || allows->status == task_status::undoing
             ? held_up::applications
             : held_up::applications_and_shutdown;
}

std::vector<std::string> held_up_in(const change_record& change, lane_number lane) {
  std::vector<std::string> snaps;
  for (const auto& task : change.tasks) {
    if (held_up_by(change.tasks, task) == held_up::nothing)
      continue;
    const auto& op = change.operations.at(static_cast<std::size_t>(task.operation));
    if (op.lane == lane)
      snaps.push_back(op.snap);
  }
  return snaps;
}

} // namespace troupe
