#include "messages/failure.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_prerequisites(task_context& context) {
  if (!context.op().missing.empty())
    throw failure{"cannot " + context.op().verb + " snap \"" + context.op().snap +
                  "\": " + context.op().missing};
  const auto& base = context.info().base;
  auto needs_base = context.info().type == snap_type::app && !base.empty() && base != "none";
  if (needs_base && (!context.base_state || !context.base_state->active))
    throw failure{"cannot use base \"" + base + "\": it is no longer installed and enabled"};
  return done();
}

} // namespace troupe::tasks
