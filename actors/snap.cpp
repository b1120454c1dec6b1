#include "actors/snap.hpp"

#include <algorithm>

#include "runtime/rules/snap_update.hpp"

namespace troupe {

snap::snap(caf::actor_config& config, snap_state_ptr state, std::optional<claim_owner> owner,
           director_actor director, switchboard_actor switchboard, inspector_actor inspector)
    : actor_base{config, "snap " + state->name, inspector},
      state_{std::move(state)},
      owner_{std::move(owner)},
      director_{std::move(director)},
      switchboard_{std::move(switchboard)} {}

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
      [this](const apply_as_guest& what) {
        return answer<snap_state_ptr>([&] { return apply_of_guest(what); });
      },
      [this](const take_hook_turn& what) -> caf::result<hook_turn> {
        if (hooks_.empty()) {
          hooks_.push_back({what.task, std::nullopt});
          return hook_turn{};
        }
        hooks_.push_back({what.task, owe<hook_turn>()});
        return caf::delegated<hook_turn>{};
      },
      [this](const end_hook_turn& what) { end_turn(what.task); },
      [this](read_state) { return state_; },
  };
}

snap_state_ptr snap::apply_under_claim(const apply_update& what) {
  if (!owner_ || owner_->change != what.claim.change || owner_->lane != what.claim.lane)
    throw failure{failure_kind::internal, "cannot change snap \"" + state_->name + "\": lane " +
                                              to_string(what.claim) + " does not own it"};
  return change_state(what.update);
}

snap_state_ptr snap::apply_of_guest(const apply_as_guest& what) {
  if (!what.pass)
    throw failure{failure_kind::internal,
                  "cannot change snap \"" + state_->name + "\" as a guest: no lane has been let in"};
  if (!is_for_guests(what.update))
    throw failure{failure_kind::internal, "cannot change snap \"" + state_->name +
                                              "\" as a guest: only its owner may change that"};
  return change_state(what.update);
}

snap_state_ptr snap::change_state(const snap_update& update) {
  state_ = std::make_shared<const snap_state>(apply(*state_, update));
  send(director_, snap_changed{state_});
  send(switchboard_, snap_changed{state_});
  return state_;
}

void snap::end_turn(task_id task) {
  auto found = std::ranges::find(hooks_, task, &waiting_hook::task);
  if (found == hooks_.end())
    return;
  if (found->reply)
    found->reply->deliver({});
  hooks_.erase(found);
  if (hooks_.empty() || !hooks_.front().reply)
    return;
  hooks_.front().reply->deliver({});
  hooks_.front().reply.reset();
}

} // namespace troupe
