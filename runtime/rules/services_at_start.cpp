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

bool endures_refresh(const snap_info& info, const std::string& app) {
  return std::ranges::find(info.apps, app, &app_info::name)->refresh_mode == "endure";
}

/// Of the current revision, whether it is active or not.
std::optional<service_command> start_of_enabled(const snap_state& state) {
  const auto* current = state.find(state.current);
  if (!current)
    return std::nullopt;
  service_command command{service_verb::start, state.name, current->rev, current->info, {}};
  for (const auto& app : current->info->apps)
    if (app.is_service() &&
        std::ranges::find(state.disabled_services, app.name) == state.disabled_services.end())
      command.apps.push_back(app.name);
  return command.apps.empty() ? std::nullopt : std::optional{std::move(command)};
}

/// What is under way with a snap.
struct under_way {
  bool is_any = false;
  bool has_services_off = false; ///< Or will have in a moment.
  bool is_past_link = false;     ///< Another revision than before is current, which may be undone.
};

under_way under_way_with(const journal_contents& contents, const snap_state& snap, bool is_vacated) {
  under_way result;
  for (const auto& change : contents.changes) {
    const auto first = std::ranges::find(change.operations, snap.name, &operation::snap);
    if (is_set(change.ready_at) || first == change.operations.end())
      continue;
    result.is_any = true;
    result.has_services_off |= is_vacated || !leaves_them_on(change, snap.name);
    result.is_past_link |= first->from && first->from != snap.current;
  }
  return result;
}

} // namespace

std::optional<service_command> start_of_services(const snap_state& state) {
  return state.active ? start_of_enabled(state) : std::nullopt;
}

services_at_boot services_at_start(const journal_contents& contents,
                                   const std::set<std::string>& vacated) {
  services_at_boot result;
  for (const auto& state : contents.snaps) {
    auto now = start_of_enabled(*state);
    const auto amid = under_way_with(contents, *state, vacated.contains(state->name));
    if (!now || (!state->active && !amid.is_any))
      continue;
    auto later = *now;
    // One that isn't active amid a change may be so at its end.
    std::erase_if(later.apps, [&](const std::string& app) {
      return state->active && !amid.has_services_off &&
             !(amid.is_past_link && endures_refresh(*now->info, app));
    });
    std::erase_if(now->apps, [&](const std::string& app) {
      return std::ranges::find(later.apps, app) != later.apps.end();
    });
    if (!now->apps.empty())
      result.now.push_back(std::move(*now));
    if (!later.apps.empty())
      result.later.push_back(std::move(later));
  }
  return result;
}

} // namespace troupe
