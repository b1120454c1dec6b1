#pragma once

#include <optional>
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

  /// Writes what nobody waited for; whoever waits for what can't be written holds this actor.
  void on_exit() override {
    commit();
    waiting_.clear();
  }

private:
  struct waiting_batch {
    std::shared_ptr<const journal_batch> batch;
    std::optional<owed_reply<committed>> reply; ///< Nothing where nobody waits.
  };

  void commit();
  void commit_one_by_one();
  void keep_for_later(const std::shared_ptr<const journal_batch>& batch);
  void schedule_commit();
  void retry_later(const std::string& why);
  void tick_after(duration time);
  void check_reserve();

  std::shared_ptr<journal_database> database_;
  std::vector<waiting_batch> waiting_;
  std::size_t later_ = 0; ///< How many of these nobody waits for.
  bool scheduled_ = false;
  bool has_failed_ = false; ///< The last commit; its batches wait to be written.
  int ticks_ = 0;           ///< That are under way, at once or later.
  journal_health health_;
};

} // namespace troupe
