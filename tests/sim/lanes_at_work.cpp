#include "tests/sim/lanes_at_work.hpp"

#include <algorithm>

namespace troupe::sim {

namespace {

/// Which kinds may only run in an admitted lane; of these, those that change which revision is active or
/// what it may do. Written down here and not asked of the engine, whose own table may be wrong.
/// Source: design, "CONSTRAINTS".
const std::set<std::string> relinking{"link-snap", "unlink-snap", "unlink-current-snap",
                                      "setup-profiles", "remove-profiles"};
const std::set<std::string> needing_active_snaps{
    "run-hook", "start-snap-services", "service-command", "auto-connect",
    "connect",  "disconnect",          "keep-profiles"};

void add_metadata(lane_at_work& lane, const snap_info& info, bool relinks_something) {
  auto shared = info.type != snap_type::app || !info.slots.empty();
  lane.relinks_shared = lane.relinks_shared || (shared && relinks_something);
  lane.is_system = lane.is_system || info.type == snap_type::os || info.type == snap_type::snapd;
  lane.bases.insert(info.base);
  for (const auto& slot : info.slots) {
    lane.slots.insert(slot.interface);
    lane.interfaces.insert(slot.interface);
  }
  for (const auto& plug : info.plugs)
    lane.interfaces.insert(plug.interface);
}

bool have_common(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& item) { return b.contains(item); });
}

} // namespace

bool is_critical_work(const std::string& kind) {
  return relinking.contains(kind) || needing_active_snaps.contains(kind);
}

std::vector<lane_at_work> lanes_of(const change_record& record,
                                   const std::map<std::string, snap_state_ptr>& formers) {
  std::set<lane_number> relink;
  for (const auto& task : record.tasks)
    if (relinking.contains(task.kind))
      relink.insert(task.lanes.begin(), task.lanes.end());
  std::map<lane_number, lane_at_work> lanes;
  for (const auto& op : record.operations) {
    auto& lane = lanes[op.lane];
    lane.key = {record.id, op.lane};
    lane.snaps.insert(op.snap);
    if (op.info)
      add_metadata(lane, *op.info, relink.contains(op.lane));
    if (auto former = formers.find(op.snap); former != formers.end() && former->second->info())
      add_metadata(lane, *former->second->info(), relink.contains(op.lane));
  }
  std::vector<lane_at_work> result;
  for (auto& [number, lane] : lanes)
    result.push_back(std::move(lane));
  return result;
}

bool must_not_meet(const lane_at_work& a, const lane_at_work& b) {
  if (!a.relinks_shared && !b.relinks_shared)
    return false;
  return a.is_system || b.is_system || have_common(a.snaps, b.bases) || have_common(b.snaps, a.bases) ||
         have_common(a.slots, b.interfaces) || have_common(b.slots, a.interfaces);
}

} // namespace troupe::sim
