#include "tests/sim/waiting_tasks.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "runtime/rules/wait_words.hpp"

namespace troupe::sim {

namespace {

struct waiting_task {
  change_id change;
  std::vector<lane_number> lanes;
  wait_reason reason;
};

/// Whether what the task waits for comes by itself: a time, or somebody outside.
bool comes_by_itself(const wait_reason& reason) {
  return std::holds_alternative<waits::retry>(reason) || std::holds_alternative<waits::hold>(reason) ||
         std::holds_alternative<waits::restart>(reason) ||
         std::holds_alternative<waits::apps_running>(reason) ||
         std::holds_alternative<waits::running>(reason);
}

bool is_about_services(const std::string& kind) {
  return kind == "start-snap-services" || kind == "stop-snap-services" || kind == "service-command";
}

class waiting_tasks {
public:
  explicit waiting_tasks(const std::set<std::string>& moving) : moving_{moving} {}

  std::string add(const change_view& change) {
    for (const auto& task : change.record.tasks) {
      if (is_ready(task.status))
        continue;
      auto reason = change.waits.find(task.id);
      auto name = "task " + to_string(task.id) + " of change " + to_string(change.record.id);
      if (reason == change.waits.end())
        return name + " waits without a reason";
      const auto takes_time =
          is_about_services(task.kind) &&
          moving_.contains(change.record.operations[static_cast<std::size_t>(task.operation)].snap);
      if (std::holds_alternative<waits::runnable>(reason->second) ||
          (std::holds_alternative<waits::running>(reason->second) && !takes_time) ||
          std::holds_alternative<waits::slot>(reason->second))
        return name + " (" + task.kind + ") could go on and doesn't: " + wait_sentence(reason->second);
      tasks_[task.id] = {change.record.id, task.lanes, reason->second};
    }
    return {};
  }

  /// The tasks that nothing can ever set free, in words; empty if there are none.
  std::string find_circle() {
    for (bool goes_on = true; goes_on;) {
      goes_on = false;
      for (const auto& [id, task] : tasks_)
        if (!free_.contains(id) && can_be_freed(task))
          goes_on = free_.insert(id).second;
    }
    std::string stuck;
    for (const auto& [id, task] : tasks_)
      if (!free_.contains(id))
        stuck += (stuck.empty() ? "tasks wait for each other: " : "; ") + to_string(id) + " of change " +
                 to_string(task.change) + ": " + wait_sentence(task.reason);
    return stuck;
  }

private:
  bool can_be_freed(const waiting_task& task) const {
    if (comes_by_itself(task.reason))
      return true;
    if (const auto* before = std::get_if<waits::predecessor>(&task.reason))
      return !tasks_.contains(before->task) || free_.contains(before->task);
    if (const auto* lane = std::get_if<waits::admission>(&task.reason))
      return is_any_free([&](const waiting_task& other) {
        return other.change == lane->other.change &&
               std::ranges::find(other.lanes, lane->other.lane) != other.lanes.end();
      });
    if (const auto* claim = std::get_if<waits::claim>(&task.reason))
      return is_any_free([&](const waiting_task& other) { return other.change == claim->owner; });
    return false;
  }

  template <class Which>
  bool is_any_free(Which which) const {
    return std::ranges::any_of(
        tasks_, [&](const auto& other) { return free_.contains(other.first) && which(other.second); });
  }

  const std::set<std::string>& moving_;
  std::map<task_id, waiting_task> tasks_;
  std::set<task_id> free_;
};

} // namespace

std::string fault_in_waits(const change_list& changes, const std::set<std::string>& moving) {
  waiting_tasks all{moving};
  for (const auto& change : changes)
    if (!change->ready)
      if (auto fault = all.add(*change); !fault.empty())
        return fault;
  return all.find_circle();
}

} // namespace troupe::sim
