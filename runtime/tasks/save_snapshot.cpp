#include <optional>

#include "messages/failure.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/snapshot_work.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

/// A set has the number of its change, which never comes back.
snapshot_key new_key(const task_context& context) {
  return {context.job->change.value, context.op().snap, context.rev()};
}

snapshot_info describe(const task_context& context) {
  const auto key = new_key(context);
  const auto& state = *context.state;
  const auto& info = context.info();
  snapshot_info result;
  result.set = key.set;
  result.time = context.job->task.spawned_at;
  result.snap = key.snap;
  result.snap_id = state.origin.snap_id;
  result.rev = key.rev;
  result.version = info.version;
  result.summary = info.summary;
  result.epoch = info.epoch;
  result.config = state.config;
  result.flags = state.flags;
  result.is_automatic = json::bool_or(context.setup, "automatic");
  return result;
}

/// A snapshot of that key that this task hasn't made: an operator has moved it in. One that is damaged
/// is such, too, since ours appear whole.
std::optional<std::string> foreign_snapshot(const task_context& context) {
  try {
    auto found = context.host.snapshots->read(new_key(context)).time;
    return found == context.job->task.spawned_at ? std::nullopt
                                                 : std::optional{"of " + to_rfc3339(found)};
  } catch (const failure& why) {
    return why.kind() == failure_kind::bad_request ? std::optional<std::string>{"damaged"}
                                                   : std::nullopt;
  }
}

void save(task_context& context) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  const snap_trees data{paths.data_dir(name, context.rev()), paths.common_data_dir(name)};
  try {
    context.host.snapshots->save(describe(context), data, run_of(context, "Saving", 0));
  } catch (const failure& why) {
    if (context.op().verb != "remove" || context.stop.stop_requested())
      throw;
    throw failure{why.kind(), std::string{why.what()} + "; to remove snap \"" + name +
                                  "\" without a snapshot of its data, use --purge"};
  }
}

} // namespace

outcome perform_save_snapshot(task_context& context) {
  if (auto other = foreign_snapshot(context))
    throw failure{"cannot save data of snap \"" + context.op().snap + "\": set " +
                  to_string(context.job->change) + " holds a snapshot of it already (" + *other +
                  "); move that file away"};
  all_or_nothing([&] { save(context); }, [&] { undo_save_snapshot(context); });
  return done();
}

outcome undo_save_snapshot(task_context& context) {
  if (!foreign_snapshot(context))
    context.host.snapshots->forget(new_key(context));
  return done();
}

} // namespace troupe::tasks
