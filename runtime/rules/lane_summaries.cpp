#include "runtime/rules/lane_summaries.hpp"

#include <algorithm>

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
    all_known = all_known && (former_info || op.info);
  }
  summary.is_known = all_known && !summary.snaps.empty();
  if (!summary.is_known)
    summary.role = lane_role::shared;
  return summary;
}

lane_progress progress_of(const change_record& change, lane_number lane) {
  auto progress = lane_progress::pending;
  auto all_ready = true;
  for (const auto& task : change.tasks) {
    if (!is_in(task, lane))
      continue;
    all_ready = all_ready && is_ready(task.status);
    if (!is_critical_kind(task.kind) || task.status == task_status::do_ ||
        task.status == task_status::hold)
      continue;
    auto runs = task.status == task_status::doing || task.status == task_status::abort;
    progress = std::max(progress, runs ? lane_progress::perhaps : lane_progress::in_progress);
  }
  return all_ready ? lane_progress::pending : progress;
}

} // namespace troupe
