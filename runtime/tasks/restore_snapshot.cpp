#include "messages/failure.hpp"
#include "runtime/rules/epoch_path.hpp"
#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/snapshot_work.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

// The task that drops what is set aside has to find it, so the names hold what both have in common.
restore_place place_of(const task_context& context, const std::filesystem::path& target) {
  return {target, target.string() + ".replaced-" + to_string(context.job->change)};
}

restore_places places_of(const task_context& context) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  return {place_of(context, paths.data_dir(name, context.state->current)),
          place_of(context, paths.common_data_dir(name))};
}

void check_epoch(const task_context& context, const snapshot_info& saved) {
  const auto& current = context.state->info()->epoch;
  if (!can_follow(current, saved.epoch))
    throw failure{"cannot restore snapshot of snap \"" + saved.snap + "\": revision " +
                  to_string(context.state->current) + " can't use that data: " +
                  cannot_follow(current, saved.epoch) + "; refresh or revert to a revision that can"};
}

} // namespace

outcome perform_restore_snapshot(task_context& context) {
  auto& shelf = *context.host.snapshots;
  const auto key = key_of(context);
  snapshot_info saved;
  all_or_nothing(
      [&] {
        saved = shelf.read(key);
        check_epoch(context, saved);
        context.os().files->make_dirs(context.paths().snap_data_dir(key.snap), 0755);
        shelf.restore(key, places_of(context), run_of(context, "Restoring", data_bytes_of(saved)));
      },
      [&] { shelf.put_back_former(places_of(context)); });
  return done(context, set_config{saved.config}, {{"config", context.state->config}});
}

outcome undo_restore_snapshot(task_context& context) {
  context.host.snapshots->put_back_former(places_of(context));
  // Stopped before its do came to an end, it has left the configuration as it was.
  if (!context.memo.contains("config"))
    return done();
  return done(context, set_config{json::string_or(context.memo, "config")});
}

outcome perform_drop_replaced_data(task_context& context) {
  context.host.snapshots->drop_former(places_of(context));
  return done();
}

} // namespace troupe::tasks
