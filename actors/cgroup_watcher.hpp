#pragma once

#include <memory>
#include <string>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"

namespace troupe {

/// Owns the watch on one snap's processes. It lives only while somebody waits for their end, and looks
/// only when the host has told it that something may have ended.
class cgroup_watcher : public actor_base<cgroup_watcher_actor> {
public:
  cgroup_watcher(caf::actor_config& config, std::string snap, company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  void look();
  void tell();

  struct sight;
  std::string snap_;
  company_ptr with_;
  processes_follower follower_;
  std::shared_ptr<sight> sight_; ///< What a performer sees, and the watch itself.
  bool is_looking_ = false;
  bool looks_again_ = false; ///< Something has happened since the look that runs was begun.
};

} // namespace troupe
