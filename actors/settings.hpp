#pragma once

#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/store/stores.hpp"

namespace troupe {

/// Owns the options of the system and who holds refreshes; tells those who follow them.
class settings : public actor_base<settings_actor> {
public:
  /// `told`: gets the proxies that are set; may be null.
  settings(caf::actor_config& config, system_settings_ptr known, std::shared_ptr<stores> told,
           journal_actor journal, inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<system_settings_ptr> assign(const assign_settings& what);
  void follow(const settings_follower& who);
  void tell_stores();
  void publish(const system_settings_ptr& changed);

  system_settings latest_;        ///< What the journal was last told to keep.
  system_settings_ptr published_; ///< What is durable.
  std::shared_ptr<stores> stores_;
  journal_actor journal_;
  std::vector<settings_follower> followers_;
};

} // namespace troupe
