#pragma once

#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/rules/wiring.hpp"

namespace troupe {

/// Owns the view of all plugs, slots and connections: whoever looks at it, or notes in it what is about
/// to be connected, does so one after the other.
class switchboard : public actor_base<switchboard_actor> {
public:
  /// `book` has to stay; `installed`: all snaps; `promised`: what unready changes are about to connect.
  switchboard(caf::actor_config& config, const interface_book& book, policy_system system,
              const std::vector<snap_state_ptr>& installed,
              const std::vector<std::pair<connection_ref, lane_key>>& promised,
              inspector_actor inspector);

  behavior_type make_behavior() override;

private:
  wiring wiring_;
};

} // namespace troupe
