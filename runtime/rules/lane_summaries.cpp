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

namespace {

/// What a lane's tasks say of its time before a restart.
struct lane_past {
  std::vector<task_status> begun; ///< Of its critical tasks those that aren't in Do or Hold.
  bool all_ready = true;
  bool was_complete = true; ///< All its tasks were done once, so that it had left.
};

lane_past past_of(const change_record& change, lane_number lane) {
  lane_past past;
  for (const auto& task : change.tasks) {
    if (!is_in(task, lane))
      continue;
    auto status = task.status;
    auto is_fresh = status == task_status::do_ || status == task_status::hold;
    auto is_cut_short = status == task_status::doing || status == task_status::abort ||
                        status == task_status::error || status == task_status::wait;
    past.all_ready = past.all_ready && is_ready(status);
    auto was_done = is_ready(status) || is_set(task.ready_at);
    past.was_complete = past.was_complete && !is_fresh && !is_cut_short && was_done;
    if (is_critical_kind(task.kind) && !is_fresh)
      past.begun.push_back(status);
  }
  return past;
}

/// A single critical task that is or was running may only have waited for the admission.
bool is_certain(const lane_past& past) {
  return past.begun.size() > 1 ||
         (past.begun.size() == 1 && is_ready(past.begun.front()));
}

} // namespace

lane_progress progress_of(const change_record& change, lane_number lane) {
  auto past = past_of(change, lane);
  if (past.all_ready || past.begun.empty())
    return lane_progress::pending;
  if (!past.was_complete)
    return is_certain(past) ? lane_progress::in_progress : lane_progress::perhaps;
  // It had left, and had to get in anew for its first critical undo.
  if (contains(past.begun, task_status::undone))
    return lane_progress::in_progress;
  return contains(past.begun, task_status::undoing) ? lane_progress::perhaps : lane_progress::pending;
}

bool was_ever_in(const change_record& change, lane_number lane) {
  auto past = past_of(change, lane);
  return !past.begun.empty() && (past.was_complete || is_certain(past));
}

} // namespace troupe
