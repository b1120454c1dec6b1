#include "actors/snapshots.hpp"

#include "runtime/limits.hpp"
#include "runtime/rules/snapshot_sets.hpp"
#include "runtime/rules/system_settings.hpp"

namespace troupe {

namespace {

perform_work work_of(std::function<void()> what) {
  return {std::make_shared<const std::function<void()>>(std::move(what))};
}

/// Each of them although others can't be removed. Returns how many were.
std::size_t forget_all(snapshot_shelf& shelf, const std::vector<stored_snapshot>& unwanted) {
  std::size_t forgotten = 0;
  for (const auto& [file, bytes, info, fault] : unwanted) {
    try {
      shelf.forget({info.set, info.snap, info.rev});
      ++forgotten;
    } catch (const failure& why) {
      spdlog::warn("cannot remove an old snapshot: {}", why.what());
    }
  }
  return forgotten;
}

} // namespace

snapshot_keeper::snapshot_keeper(caf::actor_config& config, const task_host& host,
                                 settings_actor settings, performers_actor effects,
                                 inspector_actor inspector)
    : actor_base{config, "snapshots", inspector},
      shelf_{host.snapshots},
      clock_{host.os.clock},
      settings_{std::move(settings)},
      effects_{std::move(effects)} {}

snapshot_keeper::behavior_type snapshot_keeper::make_behavior() {
  send(this, caf::tick_atom::value);
  return {
      [this](list_stored_snapshots) { return list(); },
      [this](caf::tick_atom) { prune(); },
  };
}

void snapshot_keeper::on_exit() {
  settings_ = nullptr;
  effects_ = nullptr;
}

caf::result<snapshot_list> snapshot_keeper::list() {
  auto reply = owe<snapshot_list>();
  auto found = std::make_shared<snapshot_list>();
  request(effects_, caf::infinite, work_of([found, shelf = shelf_] { *found = shelf->list(); }))
      .then([reply, found](work_done) mutable { reply.deliver(std::move(*found)); },
            [reply](const caf::error& why) mutable { reply.fail(why); });
  return caf::delegated<snapshot_list>{};
}

// Where none are to be made any more, those that are there are kept as long as ever.
void snapshot_keeper::prune() {
  delayed_send(this, limits::snapshot_pruning, caf::tick_atom::value);
  request(settings_, caf::infinite, get_settings{})
      .then(
          [this](const system_settings_ptr& settings) {
            prune(settings->options.snapshot_retention().value_or(limits::snapshot_age));
          },
          [](const caf::error&) {});
}

void snapshot_keeper::prune(duration retention) {
  auto work = [shelf = shelf_, clock = clock_, retention] {
    auto old = prunable_snapshots(shelf->list(), clock->now(), retention);
    if (auto forgotten = forget_all(*shelf, old))
      spdlog::info("{} automatic snapshots were too old and are removed", forgotten);
  };
  request(effects_, caf::infinite, work_of(std::move(work)))
      .then([](work_done) {},
            [](const caf::error& why) {
              if (!is_stopping(why))
                spdlog::warn("cannot remove old snapshots: {}", to_failure(why).what());
            });
}

} // namespace troupe
