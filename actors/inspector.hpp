#pragma once

#include <deque>
#include <vector>

#include "actors/actor_base.hpp"

namespace troupe {

/// Owns the list of live actors, which CAF doesn't keep, and the ring of recent events.
class inspector : public actor_base<inspector_actor> {
public:
  explicit inspector(caf::actor_config& config);

  behavior_type make_behavior() override;

private:
  void forget_ended();

  std::vector<std::shared_ptr<const actor_card>> cards_;
  std::size_t forget_at_ = 64;
  std::deque<std::string> events_;
};

} // namespace troupe
