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
  context.os().files->remove_tree(context.paths().data_dir(name, context.rev()));
  if (!context.state->is_installed())
    context.os().files->remove_tree(context.paths().snap_data_dir(name));
  return done();
}

} // namespace troupe::tasks
