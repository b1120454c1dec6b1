#pragma once

#include <deque>
#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/rules/system_settings.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// Owns the options of the system and who holds refreshes; tells those who follow them.
class settings : public actor_base<settings_actor> {
public:
  settings(caf::actor_config& config, system_settings_ptr known, const task_host& host,
           journal_actor journal, inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct assignment {
    json::object values;
    owed_reply<system_settings_ptr> reply;
  };

  caf::result<system_settings_ptr> assign(const assign_settings& what);
  void assign_next();
  void store(const system_settings_ptr& changed, owed_reply<system_settings_ptr> reply);
  void follow(const settings_follower& who);
  void tell_stores();
  void publish(const system_settings_ptr& changed);

  system_settings_ptr published_; ///< What is durable.
  std::deque<assignment> waiting_;
  bool is_storing_ = false;
  std::shared_ptr<stores> stores_;
  std::shared_ptr<host::clock> clock_;
  journal_actor journal_;
  std::vector<settings_follower> followers_;
};

} // namespace troupe
