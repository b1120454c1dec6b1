#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_copy_snap_data(task_context& context) {
  const auto& name = context.op().snap;
  all_or_nothing(
      [&] {
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
  if (!json::bool_or(context.memo_before, "had-data"))
    files.remove_tree(paths.data_dir(name, context.rev()));
  if (!json::bool_or(context.memo_before, "had-common"))
    files.remove_tree(paths.common_data_dir(name));
  if (files.list(paths.snap_data_dir(name)).empty())
    files.remove_tree(paths.snap_data_dir(name));
  return done();
}

} // namespace troupe::tasks
