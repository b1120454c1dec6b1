#include "runtime/rules/lane_summaries.hpp"

#include <algorithm>

#include "runtime/rules/constraints.hpp"

namespace troupe {

namespace {

void add_interfaces(std::vector<std::string>& to, const std::vector<endpoint_info>& endpoints) {
  for (const auto& endpoint : endpoints)
    if (std::find(to.begin(), to.end(), endpoint.interface) == to.end())
      to.push_back(endpoint.interface);
}

void add_info(lane_summary& summary, const snap_info& info) {
  if (info.type != snap_type::app || !info.slots.empty())
    summary.role = lane_role::shared;
  if (info.type == snap_type::snapd || info.type == snap_type::os)
    summary.is_system = true;
  summary.base = info.base == "none" ? std::string{} : info.base;
  add_interfaces(summary.slot_interfaces, info.slots);
  add_interfaces(summary.plug_interfaces, info.plugs);
}

} // namespace

lane_summary summarise_lane(const change_record& change, lane_number lane, const snap_state* former) {
  lane_summary summary;
  summary.key = {change.id, lane};
  for (const auto& task : change.tasks)
    if (std::find(task.lanes.begin(), task.lanes.end(), lane) != task.lanes.end())
      summary.affects_link = summary.affects_link || affects_link_kind(task.kind);
  const auto* former_info = former ? former->info() : nullptr;
  for (const auto& op : change.operations) {
    if (op.lane != lane)
      continue;
    summary.snap = op.snap;
    if (op.info || former_info)
      summary.role = lane_role::plain;
    if (former_info)
      add_info(summary, *former_info);
    if (op.info)
      add_info(summary, *op.info);
  }
  return summary;
}

} // namespace troupe
