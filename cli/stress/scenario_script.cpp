#include "cli/stress/scenario_script.hpp"

#include <algorithm>

namespace troupe::stress {

bool scenario_script::has_fault(const std::string& task, bool undo, fault_kind what) const {
  return std::ranges::any_of(scenario_.faults, [&](const scenario_fault& fault) {
    return fault.task == task && fault.on_undo == undo && fault.what == what;
  });
}

scenario_script::call scenario_script::begin(const task_context& context) {
  const auto id = context.job->task.id;
  const auto undo = context.job->undo;
  const auto& name = context.job->task.summary;
  const auto side = name + (undo ? ":undo" : ":do");
  const auto fails = [&](fault_kind what) { return has_fault(name, undo, what); };
  call made;
  made.stop = context.stop;
  made.beats = {side};
  if (fails(fault_kind::block))
    made.beats.insert(made.beats.end(), {side + "-block", side + "-unblock"});
  if (fails(fault_kind::retry) && !retried_.contains({id, undo})) {
    made.beats.push_back(side + "-retry");
    made.is_retry = true;
    made.result.result = outcomes::retry{};
    return made;
  }
  if (fails(fault_kind::error)) {
    made.beats.push_back(side + "-error");
    made.result = {outcomes::error{"boom"}, {"ERROR boom"}, {}};
    return made;
  }
  if (fails(fault_kind::set_ready))
    made.result.chosen = undo ? task_status::undone : task_status::done;
  if (fails(fault_kind::wait)) {
    made.beats.push_back(side + "-wait");
    made.result.result = outcomes::wait{};
  }
  return made;
}

outcome scenario_script::play(const task_context& context) {
  const auto id = context.job->task.id;
  last_played_ = id;
  auto found = calls_.find(id);
  if (found == calls_.end())
    found = calls_.emplace(id, begin(context)).first;
  auto& call = found->second;
  has_ended_ = call.next == call.beats.size();
  if (has_ended_)
    return std::move(calls_.extract(found).mapped().result);
  const auto& beat = call.beats[call.next++];
  events_.push_back(beat);
  call.blocks = beat.ends_with("-block");
  if (call.is_retry && call.next == call.beats.size())
    retried_.emplace(id, context.job->undo);
  return {};
}

std::optional<task_id> scenario_script::next() const {
  std::optional<task_id> stopped;
  for (const auto& [id, call] : calls_) {
    if (!call.blocks)
      return id;
    if (!stopped && call.stop.stop_requested())
      stopped = id;
  }
  return stopped;
}

} // namespace troupe::stress
