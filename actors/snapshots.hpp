#pragma once

#include "actors/actor_base.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// Knows which snapshots there are, and removes automatic ones that are too old, at start and then once
/// a day. Reads them anew each time, since an operator may move files in and out.
class snapshot_keeper : public actor_base<snapshots_actor> {
public:
  snapshot_keeper(caf::actor_config& config, const task_host& host, settings_actor settings,
                  performers_actor effects, inspector_actor inspector);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<snapshot_list> list();
  void prune();
  void prune(duration retention);

  std::shared_ptr<snapshot_shelf> shelf_;
  std::shared_ptr<host::clock> clock_;
  settings_actor settings_;
  performers_actor effects_;
};

} // namespace troupe
