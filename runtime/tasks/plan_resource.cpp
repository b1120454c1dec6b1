#include "runtime/tasks/plan_resource.hpp"

#include <map>
#include <set>

#include "runtime/rules/constraints.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe {

namespace {

lane_number lane_of(const task_record& task) {
  return task.lanes.empty() ? lane_number{0} : task.lanes.front();
}

const char* first_wait(const task_record& task, bool asks_admission) {
  if (asks_admission)
    return "admission";
  if (!task.waits_for.empty())
    return "predecessor";
  return task.kind == "claim-snaps" ? "claim" : "nothing";
}

json::object task_resource(const task_record& task, bool asks_admission) {
  const auto* kind = find_task_kind(task.kind);
  json::array waits_for;
  for (auto id : task.waits_for)
    waits_for.emplace_back(to_string(id));
  json::object result{
      {"id", to_string(task.id)},
      {"kind", task.kind},
      {"summary", task.summary},
      {"do", kind ? json::value(kind->does) : json::value()},
      {"undo", kind && !kind->undoes.empty() ? json::value(kind->undoes) : json::value()},
      {"irreversible", kind && kind->irreversible},
      {"critical", is_critical_kind(task.kind)},
      {"waits-for", std::move(waits_for)},
      {"waits", first_wait(task, asks_admission)}};
  return result;
}

json::object lane_resource(const change_record& plan, lane_number lane,
                           const std::map<task_id, lane_number>& lanes) {
  json::array tasks;
  std::set<lane_number> before;
  auto is_admitted = false;
  for (const auto& task : plan.tasks) {
    if (lane_of(task) != lane)
      continue;
    for (auto id : task.waits_for)
      if (auto other = lanes.find(id); other != lanes.end() && other->second != lane)
        before.insert(other->second);
    auto asks = !is_admitted && is_critical_kind(task.kind);
    is_admitted = is_admitted || asks;
    tasks.push_back(task_resource(task, asks));
  }
  std::string doing;
  json::array snaps;
  for (const auto& op : plan.operations) {
    if (op.lane != lane)
      continue;
    doing += (doing.empty() ? "" : ", ") + op.verb + " " + op.snap;
    snaps.emplace_back(op.snap);
  }
  return {{"lane", lane},
          {"doing", doing},
          {"snaps", std::move(snaps)},
          {"waits-for-lanes", json::array(before.begin(), before.end())},
          {"tasks", std::move(tasks)}};
}

} // namespace

json::object plan_resource(const change_record& plan) {
  std::map<task_id, lane_number> lanes;
  std::set<lane_number> numbers;
  for (const auto& task : plan.tasks) {
    lanes.emplace(task.id, lane_of(task));
    numbers.insert(lane_of(task));
  }
  json::array shown;
  for (auto number : numbers)
    shown.push_back(lane_resource(plan, number, lanes));
  return {{"kind", plan.kind}, {"summary", plan.summary}, {"lanes", std::move(shown)}};
}

} // namespace troupe
