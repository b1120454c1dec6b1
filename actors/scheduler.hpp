#pragma once

#include <map>

#include "actors/actor_base.hpp"
#include "runtime/rules/constraints.hpp"

namespace troupe {

/// Owns the table of critical lanes; lets them in as CONSTRAINTS allow.
class scheduler : public actor_base<scheduler_actor> {
public:
  scheduler(caf::actor_config& config, constraint_mode mode, inspector_actor inspector);

  behavior_type make_behavior() override;

private:
  void let_in(const std::vector<lane_key>& lanes);

  admission_table table_;
  std::map<lane_key, owed_reply<admitted>> waiting_;
};

} // namespace troupe
