#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "actors/actor_base.hpp"

namespace troupe {

/// Owns a pool of performers and the queue before it; starts them as they are needed.
class performers : public actor_base<performers_actor> {
public:
  /// Performers are detached, except where a test wants one thread only.
  performers(caf::actor_config& config, std::string name, std::size_t limit, bool detached,
             inspector_actor inspector);

  behavior_type make_behavior() override;

  /// Work that is left holds actors that hold this one.
  void on_exit() override { waiting_.clear(); }

private:
  using job = std::pair<perform_work, owed_reply<work_done>>;

  void hand_out();
  performer_actor hire();

  std::string pool_name_;
  std::size_t limit_;
  bool detached_;
  inspector_actor inspector_;
  std::vector<performer_actor> idle_;
  std::size_t hired_ = 0;
  std::deque<job> waiting_;
};

} // namespace troupe
