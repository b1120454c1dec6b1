#pragma once

#include <optional>

#include "actors/actor_base.hpp"

namespace troupe {

/// Owns one snap's state and the claim on it.
class snap : public actor_base<snap_actor> {
public:
  snap(caf::actor_config& config, snap_state_ptr state, std::optional<claim_owner> owner,
       director_actor director, inspector_actor inspector);

  behavior_type make_behavior() override;

private:
  snap_state_ptr apply_under_claim(const apply_update& what);

  snap_state_ptr state_;
  std::optional<claim_owner> owner_;
  director_actor director_;
};

} // namespace troupe
