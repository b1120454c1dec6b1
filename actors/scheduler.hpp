#pragma once

#include <map>
#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/rules/constraints.hpp"

namespace troupe {

/// Owns the table of critical lanes.
class scheduler : public actor_base<scheduler_actor> {
public:
  scheduler(caf::actor_config& config, constraint_mode mode, inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override { waiting_.clear(); }

private:
  struct waiting_lane {
    owed_reply<admitted> reply;
    lane_actor asker;
  };

  void let_in(const std::vector<lane_key>& lanes);
  void tell_obstacle(lane_key lane);

  admission_table table_;
  std::map<lane_key, waiting_lane> waiting_;
};

} // namespace troupe
