#pragma once

#include <deque>
#include <optional>

#include "actors/actor_base.hpp"

namespace troupe {

/// Owns one snap's state and the claim on it.
class snap : public actor_base<snap_actor> {
public:
  /// Tells the director and the switchboard of each new state.
  snap(caf::actor_config& config, snap_state_ptr state, std::optional<claim_owner> owner,
       director_actor director, switchboard_actor switchboard, inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override { hooks_.clear(); } // A reply that is owed holds this actor.

private:
  snap_state_ptr apply_under_claim(const apply_update& what);
  snap_state_ptr apply_of_guest(const apply_as_guest& what);
  snap_state_ptr change_state(const snap_update& update);
  void end_turn(task_id task);

  struct waiting_hook {
    task_id task;
    std::optional<owed_reply<hook_turn>> reply; ///< None: it has its turn.
  };

  snap_state_ptr state_;
  std::optional<claim_owner> owner_;
  director_actor director_;
  switchboard_actor switchboard_;
  std::deque<waiting_hook> hooks_; ///< The first one runs.
};

} // namespace troupe
