#include "runtime/rules/lane_summaries.hpp"

#include <algorithm>
#include <set>

#include "runtime/rules/constraints.hpp"
#include "runtime/rules/needed_base.hpp"

namespace troupe {

namespace {

bool contains(const auto& list, const auto& item) { return std::ranges::find(list, item) != list.end(); }

void add_name(std::vector<std::string>& to, const std::string& name) {
  if (!name.empty() && !contains(to, name))
    to.push_back(name);
}

void add_info(lane_summary& summary, const snap_info& info) {
  if (info.type != snap_type::app || !info.slots.empty())
    summary.role = lane_role::shared;
  if (info.type == snap_type::snapd || info.type == snap_type::os)
    summary.is_system = true;
  add_name(summary.bases, needed_base(info));
  for (const auto& slot : info.slots)
    add_name(summary.slot_interfaces, slot.interface);
  for (const auto& plug : info.plugs)
    add_name(summary.plug_interfaces, plug.interface);
}

bool overlap(const std::vector<std::string>& interfaces, const std::vector<endpoint_info>& ends) {
  return std::ranges::any_of(ends, [&](const auto& end) { return contains(interfaces, end.interface); });
}

bool is_in(const task_record& task, lane_number lane) {
  return task.lanes.empty() ? lane == 0 : contains(task.lanes, lane);
}

} // namespace

lane_summary summarise_lane(const change_record& change, lane_number lane,
                            const std::map<std::string, snap_state_ptr>& formers) {
  lane_summary summary;
  summary.key = {change.id, lane};
  summary.affects_link = std::ranges::any_of(change.tasks, [&](const task_record& task) {
    return is_in(task, lane) && affects_link_kind(task.kind);
  });
  summary.role = lane_role::plain;
  auto all_known = true;
  for (const auto& op : change.operations) {
    if (op.lane != lane)
      continue;
    add_name(summary.snaps, op.snap);
    auto former = formers.find(op.snap);
    const auto* former_info = former == formers.end() ? nullptr : former->second->info();
    if (former_info)
      add_info(summary, *former_info);
    if (op.info)
      add_info(summary, *op.info);
    if (const auto* installed = former_info ? former->second->find(op.rev) : nullptr)
      add_info(summary, *installed->info);
    all_known = all_known && (former_info || op.info);
  }
  summary.is_known = all_known && !summary.snaps.empty();
  if (!summary.is_known)
    summary.role = lane_role::shared;
  return summary;
}

void add_possible_peers(lane_summary& summary, const std::map<std::string, snap_state_ptr>& installed) {
  if (summary.plug_interfaces.empty() && summary.slot_interfaces.empty())
    return;
  for (const auto& [name, state] : installed) {
    const auto* info = state->info();
    if (!info || !state->active || contains(summary.snaps, name))
      continue;
    if (overlap(summary.plug_interfaces, info->slots) || overlap(summary.slot_interfaces, info->plugs))
      add_name(summary.bases, needed_base(*info));
    const auto is_connected = [&](const auto& known) {
      return contains(summary.snaps, known.first.other_than(name));
    };
    if (std::ranges::any_of(state->connections, is_connected))
      add_name(summary.connected_to, name);
  }
}

namespace {

/// What a lane's tasks say of its time before a restart.
struct lane_past {
  bool all_ready = true;
  bool was_complete = true; ///< All its tasks were done once, so that it had left.
  bool has_undone = false;  ///< An undo has begun.
  bool has_undone_critical = false;
  bool has_begun_critical = false;
};

lane_past past_of(const change_record& change, lane_number lane) {
  lane_past past;
  for (const auto& task : change.tasks) {
    if (!is_in(task, lane))
      continue;
    auto status = task.status;
    auto is_undone = status == task_status::undoing || status == task_status::undone;
    auto was_done = status == task_status::done || status == task_status::undone ||
                    ((status == task_status::undo || is_undone) && is_set(task.ready_at));
    past.all_ready = past.all_ready && is_ready(status);
    past.was_complete = past.was_complete && was_done;
    past.has_undone = past.has_undone || is_undone;
    if (!is_critical_kind(task.kind) || status == task_status::do_ || status == task_status::hold)
      continue;
    past.has_begun_critical = true;
    past.has_undone_critical = past.has_undone_critical || is_undone;
  }
  return past;
}

/// Whether another lane has a task to be undone before one of this lane.
bool is_needed_elsewhere(const change_record& change, lane_number lane) {
  std::set<task_id> own;
  for (const auto& task : change.tasks)
    if (is_in(task, lane))
      own.insert(task.id);
  return std::ranges::any_of(change.tasks, [&](const task_record& task) {
    return !is_in(task, lane) && !is_ready(task.status) &&
           std::ranges::any_of(task.waits_for, [&](task_id id) { return own.contains(id); });
  });
}

} // namespace

lane_progress progress_of(const change_record& change, lane_number lane) {
  auto past = past_of(change, lane);
  if (past.all_ready || !past.has_begun_critical)
    return lane_progress::pending;
  if (!past.was_complete || past.has_undone_critical)
    return lane_progress::in_progress;
  // It had left, unless its last task was cut short and is undone by now, which looks the same.
  return past.has_undone && !is_needed_elsewhere(change, lane) ? lane_progress::perhaps
                                                               : lane_progress::pending;
}

bool was_ever_in(const change_record& change, lane_number lane) {
  return past_of(change, lane).has_begun_critical;
}

} // namespace troupe
