#pragma once

#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/rules/system_settings.hpp"

namespace troupe {

/// Owns the options of the system and who holds refreshes; tells those who follow them.
class settings : public actor_base<settings_actor> {
public:
  settings(caf::actor_config& config, system_settings_ptr known, journal_actor journal,
           inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<system_settings_ptr> assign(const assign_settings& what);
  void follow(const settings_follower& who);
  void publish(const system_settings_ptr& changed);

  system_settings latest_;        ///< What the journal was last told to keep.
  system_settings_ptr published_; ///< What is durable.
  journal_actor journal_;
  std::vector<settings_follower> followers_;
};

} // namespace troupe
