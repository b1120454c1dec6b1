#include "actors/journal.hpp"

#include "runtime/limits.hpp"

namespace troupe {

journal::journal(caf::actor_config& config, std::shared_ptr<journal_database> database,
                 inspector_actor inspector)
    : actor_base{config, "journal", inspector}, database_{std::move(database)} {}

journal::behavior_type journal::make_behavior() {
  return {
      [this](const append& what) -> caf::result<committed> {
        waiting_.push_back({what.batch, owe<committed>()});
        schedule_commit();
        return caf::delegated<committed>{};
      },
      [this](const append_later& what) { keep_for_later(what.batch); },
      [this](const read_history& what) {
        return answer<history_list>([&] {
          return database_->history(what.limit,
                                    what.snap.empty() ? std::nullopt : std::optional{what.snap});
        });
      },
      [this](get_journal_health) {
        check_reserve();
        return health_;
      },
      [this](caf::tick_atom) {
        --ticks_;
        scheduled_ = false;
        commit();
      },
  };
}

// The tick queues behind all batches that are in the mailbox already; they go into one commit.
void journal::schedule_commit() {
  if (!scheduled_) {
    scheduled_ = true;
    ++ticks_;
    send(this, caf::tick_atom::value);
  }
}

// It is written along with the next batch that somebody waits for, so that it costs no sync of its own.
void journal::keep_for_later(const std::shared_ptr<const journal_batch>& batch) {
  if (later_ >= limits::journal_later_batches)
    return;
  ++later_;
  waiting_.push_back({batch, std::nullopt});
  if (ticks_ == 0)
    tick_after(limits::journal_laziness);
}

void journal::commit() {
  std::vector<journal_batch> group;
  for (const auto& w : waiting_)
    group.push_back(*w.batch);
  if (group.empty())
    return;
  try {
    database_->commit(group);
  } catch (const failure& what) {
    if (what.kind() != failure_kind::unavailable)
      return commit_one_by_one();
    return retry_later(what.what());
  }
  later_ = 0;
  has_failed_ = false;
  health_.commits += 1;
  health_.batches += waiting_.size();
  for (auto& w : std::exchange(waiting_, {}))
    if (w.reply)
      w.reply->deliver({});
  check_reserve();
}

// On the reserve only changes under way may go on; new ones wait until there is room for it again.
void journal::check_reserve() {
  if (has_failed_ || waiting_.size() > later_)
    return;
  if (database_->reserve_released())
    database_->restore_reserve();
  auto trouble = database_->reserve_released() ? "the disk of the journal is full; free some space" : "";
  if (health_.trouble != trouble)
    spdlog::warn("journal: {}", *trouble ? trouble : "there is room again");
  health_.trouble = trouble;
}

// A batch that breaks a rule of the database must not take its neighbours with it.
void journal::commit_one_by_one() {
  later_ = 0;
  for (auto& w : std::exchange(waiting_, {})) {
    try {
      database_->commit({w.batch.get(), 1});
      if (w.reply)
        w.reply->deliver({});
    } catch (const failure& what) {
      if (what.kind() == failure_kind::unavailable) {
        waiting_.push_back(std::move(w));
        continue;
      }
      spdlog::error("{}", what.what());
      if (w.reply)
        w.reply->fail(what);
    }
  }
  if (!waiting_.empty())
    retry_later("some batches could not be written");
}

void journal::retry_later(const std::string& why) {
  if (health_.trouble.empty())
    spdlog::error("{}", why);
  health_.trouble = why;
  has_failed_ = true;
  scheduled_ = true;
  if (ticks_ == 0)
    tick_after(limits::journal_retry);
}

void journal::tick_after(duration time) {
  ++ticks_;
  delayed_send(this, time, caf::tick_atom::value);
}

} // namespace troupe
