#include "actors/scheduler.hpp"

namespace troupe {

scheduler::scheduler(caf::actor_config& config, constraint_mode mode, inspector_actor inspector)
    : actor_base{config, "scheduler", inspector}, table_{mode} {}

scheduler::behavior_type scheduler::make_behavior() {
  return {
      [this](const admit_lane& what) -> caf::result<admitted> {
        auto asker = caf::actor_cast<lane_actor>(current_sender());
        waiting_.insert_or_assign(what.lane.key, waiting_lane{owe<admitted>(), asker});
        let_in(table_.ask(what.lane));
        tell_obstacle(what.lane.key);
        return caf::delegated<admitted>{};
      },
      [this](const restore_lane& what) { table_.ask(what.lane); },
      [this](const leave_lane& what) {
        waiting_.erase(what.lane);
        let_in(table_.leave(what.lane));
        for (const auto& lane : table_.kept_out_by_another())
          tell_obstacle(lane);
      },
      [this](const explain_lane& what) {
        auto obstacle = table_.explain(what.lane);
        return lane_explanation{obstacle.has_value(), obstacle.value_or(admission_obstacle{})};
      },
  };
}

void scheduler::let_in(const std::vector<lane_key>& lanes) {
  for (const auto& key : lanes)
    if (auto node = waiting_.extract(key))
      node.mapped().reply.deliver({admission_pass{true}});
}

void scheduler::tell_obstacle(lane_key lane) {
  auto waiting = waiting_.find(lane);
  auto obstacle = table_.explain(lane);
  if (waiting == waiting_.end() || !obstacle)
    return;
  send(waiting->second.asker, kept_out{*obstacle});
}

} // namespace troupe
