#include "runtime/tasks/revision_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_discard_snap(task_context& context) {
  remove_revision_files(context);
  return done(context, forget_revision{context.rev()});
}

} // namespace troupe::tasks
