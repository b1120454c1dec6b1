#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

bool had_data(const task_context& context) { return json::bool_or(context.memo_before, "had-data"); }

/// Where a refresh sets aside the data that a revision has left on this host before.
void set_former_data_aside(task_context& context) {
  const auto& name = context.op().snap;
  auto former = context.paths().former_data_dir(name, context.rev());
  auto& files = *context.os().files;
  if (had_data(context) && !files.exists(former))
    files.rename(context.paths().data_dir(name, context.rev()), former);
}

void copy_from(task_context& context, revision from) {
  const auto& name = context.op().snap;
  auto source = context.paths().data_dir(name, from);
  auto& files = *context.os().files;
  set_former_data_aside(context);
  if (files.exists(source))
    files.copy_tree(source, context.paths().data_dir(name, context.rev()));
}

} // namespace

outcome perform_copy_snap_data(task_context& context) {
  const auto& name = context.op().snap;
  all_or_nothing(
      [&] {
        if (auto from = context.op().from)
          copy_from(context, from);
        context.os().files->make_dirs(context.paths().data_dir(name, context.rev()), 0755);
        context.os().files->make_dirs(context.paths().common_data_dir(name), 0755);
      },
      [&] { undo_copy_snap_data(context); });
  return done();
}

outcome undo_copy_snap_data(task_context& context) {
  const auto& name = context.op().snap;
  const auto& paths = context.paths();
  auto& files = *context.os().files;
  auto data = paths.data_dir(name, context.rev());
  auto former = paths.former_data_dir(name, context.rev());
  if (!had_data(context)) {
    files.remove_tree(data);
  } else if (files.exists(former)) {
    files.remove_tree(data);
    files.rename(former, data);
  }
  if (!json::bool_or(context.memo_before, "had-common"))
    files.remove_tree(paths.common_data_dir(name));
  if (files.list(paths.snap_data_dir(name)).empty())
    files.remove_tree(paths.snap_data_dir(name));
  return done();
}

outcome perform_drop_former_data(task_context& context) {
  context.os().files->remove_tree(context.paths().former_data_dir(context.op().snap, context.rev()));
  return done();
}

} // namespace troupe::tasks
