#include "runtime/rules/waiting.hpp"

#include "runtime/limits.hpp"

namespace troupe {

bool waits_by_wish(const wait_reason& reason) {
  return std::holds_alternative<waits::apps_running>(reason) ||
         std::holds_alternative<waits::hold>(reason) || std::holds_alternative<waits::claim>(reason) ||
         std::holds_alternative<waits::restart>(reason);
}

bool can_make_way(const task_graph& graph, lane_number lane,
                  const std::function<bool(task_id)>& waits_for_apps) {
  auto parked = false;
  for (auto id : graph.tasks_of(lane)) {
    auto status = graph.status(id);
    if (status == task_status::doing && waits_for_apps(id))
      parked = true;
    else if (status != task_status::do_ && status != task_status::done)
      return false;
  }
  return parked;
}

bool is_tried_again(bool undo, bool irreversible, int failures) {
  return (undo || irreversible) && failures < limits::undo_tries;
}

} // namespace troupe
