#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_clear_snap(task_context& context) {
  const auto& paths = context.paths();
  const auto& name = context.op().snap;
  context.os().files->remove_tree(paths.data_dir(name, context.rev()));
  auto is_last = context.state->revisions.size() == 1;
  if (is_last)
    context.os().files->remove_tree(paths.snap_data_dir(name));
  return done();
}

} // namespace troupe::tasks
