#include "tests/scenario/random_scenarios.hpp"

#include <algorithm>
#include <ostream>

namespace troupe::stress {

namespace {

using rc::gen::inRange;

/// True in a share of the cases; shrinks to false.
bool one_in(int cases) { return *inRange(0, cases) == cases - 1; }

std::size_t below(std::size_t end) { return *inRange<std::size_t>(0, end); }

void add_tasks(scenario& to) {
  auto count = 1 + below(9);
  bool in_file_order = !one_in(3);
  bool may_have_cycles = one_in(12);
  bool has_statuses = one_in(4);
  auto lane_count = below(5);
  auto most_lanes = lane_count == 0 ? 0 : 1 + below(std::min<std::size_t>(3, lane_count));

  // A task waits only for those of a lower rank, so that there is a cycle only where one is wanted.
  std::vector<std::size_t> rank(count);
  for (std::size_t i = 0; i < count; ++i)
    rank[i] = i;
  if (!in_file_order)
    for (std::size_t i = count - 1; i > 0; --i)
      std::swap(rank[i], rank[below(i + 1)]);

  for (std::size_t i = 0; i < count; ++i) {
    scenario_task task;
    task.id = "t" + std::to_string(i + 1);
    for (std::size_t other = 0; other < count; ++other) {
      bool may_wait = rank[other] < rank[i] || (may_have_cycles && one_in(8));
      if (may_wait && one_in(rank[i] - rank[other] == 1 ? 2 : 4))
        task.waits_for.push_back("t" + std::to_string(other + 1));
    }
    for (auto left = most_lanes == 0 ? 0 : below(most_lanes + 1); left > 0; --left) {
      auto lane = static_cast<lane_number>(below(lane_count + 1));
      if (std::find(task.lanes.begin(), task.lanes.end(), lane) == task.lanes.end())
        task.lanes.push_back(lane);
    }
    task.has_undo = !one_in(5);
    if (has_statuses && one_in(2)) {
      task.status = static_cast<task_status>(below(task_status_count));
      if (task.status == task_status::wait && one_in(2))
        task.waited = static_cast<task_status>(below(task_status_count - 1)); // Wait itself is the last.
    }
    to.tasks.push_back(std::move(task));
  }
}

void add_faults(scenario& to) {
  static constexpr fault_kind kinds[] = {fault_kind::error, fault_kind::error, fault_kind::retry,
                                         fault_kind::block, fault_kind::wait,  fault_kind::set_ready};
  for (auto left = below(2 + std::min<std::size_t>(to.tasks.size(), 5)); left > 0; --left) {
    scenario_fault fault;
    fault.task = to.tasks[below(to.tasks.size())].id;
    fault.on_undo = one_in(3);
    fault.what = kinds[below(std::size(kinds))];
    to.faults.push_back(fault);
  }
}

/// An event that may well come: a call, or what a fault leads to.
std::string plausible_event(const scenario& of) {
  std::vector<std::string> events;
  for (const auto& task : of.tasks) {
    events.push_back(task.id + ":do");
    if (task.has_undo && !of.faults.empty())
      events.push_back(task.id + ":undo");
  }
  for (const auto& fault : of.faults) {
    auto call = fault.task + (fault.on_undo ? ":undo" : ":do");
    switch (fault.what) {
    case fault_kind::block:
      events.push_back(call + "-block");
      events.push_back(call + "-unblock");
      break;
    case fault_kind::retry:
      events.push_back(call + "-retry");
      break;
    case fault_kind::error:
      events.push_back(call + "-error");
      break;
    case fault_kind::wait:
      events.push_back(call + "-wait");
      break;
    case fault_kind::set_ready:
      break;
    }
  }
  return events[below(events.size())];
}

void add_abort(scenario& to) {
  scenario_abort abort;
  abort.when = one_in(3) ? "before" : plausible_event(to);
  switch (below(3)) {
  case 0:
    abort.what = whole_change{};
    break;
  case 1:
    abort.what = unready_lanes{};
    break;
  default: {
    std::vector<lane_number> known;
    for (const auto& task : to.tasks) {
      if (task.lanes.empty())
        known.push_back(0);
      known.insert(known.end(), task.lanes.begin(), task.lanes.end());
    }
    std::vector<lane_number> lanes{known[below(known.size())]};
    if (auto second = known[below(known.size())]; second != lanes.front() && one_in(3))
      lanes.push_back(second);
    abort.what = std::move(lanes);
  }
  }
  to.abort = std::move(abort);
}

std::string_view word(fault_kind what) {
  switch (what) {
  case fault_kind::block:
    return "block";
  case fault_kind::retry:
    return "retry";
  case fault_kind::error:
    return "error";
  case fault_kind::set_ready:
    return "set-ready";
  case fault_kind::wait:
    break;
  }
  return "wait";
}

json::object as_json(const scenario_task& task) {
  json::object result{{"id", task.id}};
  if (!task.waits_for.empty())
    result["waits_for"] = boost::json::value_from(task.waits_for);
  if (!task.lanes.empty())
    result["lanes"] = boost::json::value_from(task.lanes);
  if (!task.has_undo)
    result["undo"] = false;
  if (task.status != task_status::do_)
    result["status"] = to_word(task.status);
  if (task.status == task_status::wait)
    result["waited"] = to_word(task.waited);
  return result;
}

json::object as_json(const scenario_abort& abort) {
  json::object result{{"when", abort.when}};
  if (std::holds_alternative<whole_change>(abort.what))
    result["what"] = "change";
  else if (std::holds_alternative<unready_lanes>(abort.what))
    result["what"] = "unready_lanes";
  else
    result["what"] =
        json::object{{"lanes", boost::json::value_from(std::get<std::vector<lane_number>>(abort.what))}};
  return result;
}

} // namespace

rc::Gen<scenario> random_scenarios() {
  // At full size from the first case on: rapidcheck begins with small numbers, and small graphs show
  // little.
  return rc::gen::resize(rc::kNominalSize, rc::gen::exec([] {
                           scenario made;
                           add_tasks(made);
                           add_faults(made);
                           if (one_in(3))
                             add_abort(made);
                           made.run = !(made.abort && made.abort->when == "before" && one_in(3));
                           if (made.run && one_in(4))
                             made.restart_after = plausible_event(made);
                           return made;
                         }));
}

std::string to_text(const scenario& of) {
  auto text = "{\"name\":" + json::write(json::value(of.name)) + ",\n \"tasks\":[";
  for (const auto& task : of.tasks)
    text += (&task == of.tasks.data() ? "\n  " : ",\n  ") + json::write(as_json(task));
  text += "]";
  if (!of.faults.empty()) {
    text += ",\n \"faults\":[";
    for (const auto& fault : of.faults)
      text +=
          (&fault == of.faults.data() ? "\n  " : ",\n  ") +
          json::write(json::object{
              {"task", fault.task}, {"on", fault.on_undo ? "undo" : "do"}, {"what", word(fault.what)}});
    text += "]";
  }
  if (of.abort)
    text += ",\n \"abort\":" + json::write(as_json(*of.abort));
  if (!of.run)
    text += ",\n \"run\":false";
  if (!of.restart_after.empty())
    text += ",\n \"restart_after\":" + json::write(json::value(of.restart_after));
  return text + "}\n";
}

void showValue(const scenario& of, std::ostream& to) { to << to_text(of); }

} // namespace troupe::stress
