#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/actor_base.hpp"
#include "runtime/journal/database.hpp"

namespace troupe {

/// Owns the database; commits what has gathered while the last commit ran.
class journal : public actor_base<journal_actor> {
public:
  journal(caf::actor_config& config, std::shared_ptr<journal_database> database,
          inspector_actor inspector);

  behavior_type make_behavior() override;

private:
  struct waiting_batch {
    std::shared_ptr<const journal_batch> batch;
    owed_reply<committed> reply;
  };

  void commit();
  void commit_one_by_one();
  void schedule_commit();
  void retry_later(const std::string& why);
  void check_reserve();

  std::shared_ptr<journal_database> database_;
  std::vector<waiting_batch> waiting_;
  bool scheduled_ = false;
  journal_health health_;
};

} // namespace troupe
