#include "actors/notices.hpp"

#include "runtime/limits.hpp"

namespace troupe {

namespace {

void take(journal_batch& batch, notice_changes changes) {
  batch.notices = std::move(changes.kept);
  batch.no_notices = std::move(changes.gone);
}

void take(journal_batch& batch, warning_changes changes) {
  batch.warnings = std::move(changes.kept);
  batch.no_warnings = std::move(changes.gone);
}

} // namespace

notices::notices(caf::actor_config& config, std::vector<notice> known, std::vector<warning> warned,
                 journal_actor journal, std::shared_ptr<host::clock> clock, inspector_actor inspector)
    : actor_base{config, "notices", inspector},
      notices_{std::move(known)},
      warnings_{std::move(warned)},
      journal_{std::move(journal)},
      clock_{std::move(clock)} {}

notices::behavior_type notices::make_behavior() {
  return {
      [this](const add_notice& what) { add(what); },
      [this](const list_notices& what) { return notices_.filter(what.filter, clock_->now()); },
      [this](const add_warning& what) { add(what); },
      [this](const list_warnings& what) { return warnings_.list(what.all, clock_->now()); },
      [this](const okay_warnings& what) { return okay(what.until); },
      [this](get_warning_count) {
        auto pending = warnings_.pending(clock_->now());
        return warning_count{pending.count, pending.newest};
      },
  };
}

void notices::add(const add_notice& what) {
  try {
    journal_batch batch;
    take(batch, notices_.add({what.type, what.key, what.uid, what.data, {}}, clock_->now()));
    store(std::move(batch));
  } catch (const failure& why) {
    spdlog::error("notices: {}", why.what());
  }
}

void notices::add(const add_warning& what) {
  try {
    auto now = clock_->now();
    journal_batch batch;
    take(batch, warnings_.add(what.message, now));
    take(batch,
         notices_.add({"warning", as_notice_key(what.message), {}, {}, limits::warning_repeat}, now));
    store(std::move(batch));
  } catch (const failure& why) {
    spdlog::error("notices: {}", why.what());
  }
}

// Whoever says okay is a person who may see the warning again otherwise, so the answer waits for the
// disk.
caf::result<std::uint64_t> notices::okay(time_point until) {
  auto changes = warnings_.okay(until, clock_->now());
  std::uint64_t count = changes.kept.size();
  if (count == 0)
    return count;
  journal_batch batch;
  take(batch, std::move(changes));
  auto reply = owe<std::uint64_t>();
  request(journal_, caf::infinite, append{std::make_shared<const journal_batch>(std::move(batch))})
      .then([reply, count](committed) mutable { reply.deliver(count); },
            [reply](const caf::error& why) mutable { reply.fail(why); });
  return caf::delegated<std::uint64_t>{};
}

void notices::store(journal_batch batch) {
  send(journal_, append_later{std::make_shared<const journal_batch>(std::move(batch))});
}

} // namespace troupe
