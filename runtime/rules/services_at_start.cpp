#include "runtime/rules/services_at_start.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Whether the services of a snap are on as far as this change goes.
bool leaves_them_on(const change_record& change, const std::string& snap) {
  auto is_on = true;
  auto stops_them = false;
  for (const auto& task : change.tasks) {
    if (task.operation < 0 ||
        change.operations.at(static_cast<std::size_t>(task.operation)).snap != snap)
      continue;
    const auto is_done = task.status == task_status::done;
    // One that is to be undone, or amid that, starts them by itself.
    const auto was_done = is_done || task.status == task_status::undo ||
                          task.status == task_status::undoing || task.status == task_status::wait;
    if (task.kind == "stop-snap-services") {
      stops_them = true;
      is_on = is_on && !was_done;
    } else if (task.kind == "start-snap-services") {
      // What has not been stopped before has not run before.
      is_on = is_done || (is_on && stops_them);
    }
  }
  return is_on;
}

} // namespace

std::vector<service_command> services_at_start(const journal_contents& contents,
                                               const std::set<std::string>& replaced_first) {
  std::vector<service_command> result;
  for (const auto& state : contents.snaps) {
    const auto* current = state->find(state->current);
    if (!state->active || !current || replaced_first.contains(state->name))
      continue;
    if (!std::ranges::all_of(contents.changes, [&](const change_record& change) {
          return is_set(change.ready_at) || leaves_them_on(change, state->name);
        }))
      continue;
    service_command command{service_verb::start, state->name, current->rev, current->info, {}};
    for (const auto& app : current->info->apps)
      if (app.is_service() &&
          std::ranges::find(state->disabled_services, app.name) == state->disabled_services.end())
        command.apps.push_back(app.name);
    if (!command.apps.empty())
      result.push_back(std::move(command));
  }
  return result;
}

} // namespace troupe
