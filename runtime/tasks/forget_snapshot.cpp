#include "runtime/tasks/snapshot_work.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_forget_snapshot(task_context& context) {
  context.host.snapshots->forget(key_of(context));
  return done();
}

} // namespace troupe::tasks
