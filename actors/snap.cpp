#include "actors/snap.hpp"

#include "runtime/rules/snap_update.hpp"

namespace troupe {

snap::snap(caf::actor_config& config, snap_state_ptr state, std::optional<claim_owner> owner,
           director_actor director, inspector_actor inspector)
    : actor_base{config, "snap " + state->name, inspector},
      state_{std::move(state)},
      owner_{std::move(owner)},
      director_{std::move(director)} {}

snap::behavior_type snap::make_behavior() {
  return {
      [this](const claim_snap& what) {
        auto granted = !owner_ || owner_->change == what.who.change;
        if (granted)
          owner_ = what.who;
        return claim_answer{granted, *owner_, state_};
      },
      [this](const release_claim& what) {
        if (owner_ && owner_->change == what.change)
          owner_.reset();
        return claim_released{};
      },
      [this](const apply_update& what) {
        return answer<snap_state_ptr>([&] { return apply_under_claim(what); });
      },
      [this](read_state) { return state_; },
  };
}

snap_state_ptr snap::apply_under_claim(const apply_update& what) {
  if (!owner_ || owner_->change != what.claim.change || owner_->lane != what.claim.lane)
    throw failure{failure_kind::internal, "cannot change snap \"" + state_->name + "\": lane " +
                                              to_string(what.claim) + " does not own it"};
  state_ = std::make_shared<const snap_state>(apply(*state_, what.update));
  send(director_, snap_changed{state_});
  return state_;
}

} // namespace troupe
