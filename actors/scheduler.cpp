#include "actors/scheduler.hpp"

namespace troupe {

scheduler::scheduler(caf::actor_config& config, constraint_mode mode, inspector_actor inspector)
    : actor_base{config, "scheduler", inspector}, table_{mode} {}

scheduler::behavior_type scheduler::make_behavior() {
  return {
      [this](const admit_lane& what) -> caf::result<admitted> {
        waiting_.insert_or_assign(what.lane.key, owe<admitted>());
        let_in(table_.ask(what.lane));
        return caf::delegated<admitted>{};
      },
      [this](const leave_lane& what) {
        waiting_.erase(what.lane);
        let_in(table_.leave(what.lane));
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
      node.mapped().deliver({});
}

} // namespace troupe
