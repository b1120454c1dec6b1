#include "runtime/tasks/snapshot_work.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_check_snapshot(task_context& context) {
  auto& shelf = *context.host.snapshots;
  const auto key = key_of(context);
  shelf.check(key, run_of(context, "Checking", data_bytes_of(shelf.read(key))));
  return done();
}

} // namespace troupe::tasks
