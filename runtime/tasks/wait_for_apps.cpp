#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

// From here to allow-apps no application of the snap starts.
outcome perform_wait_for_apps(task_context& context) {
  auto& control = *context.os().run_control;
  const auto& snap = context.op().snap;
  if (context.is_forced) {
    control.inhibit(snap);
    context.log.emplace_back(
        "INFO applications still run; it goes on as refresh.max-inhibition has passed");
    return done();
  }
  if (control.inhibit_if_vacant(snap).inhibited)
    return done();
  return {outcomes::retry{}, {}};
}

outcome undo_wait_for_apps(task_context& context) {
  context.os().run_control->allow(context.op().snap);
  return done();
}

outcome perform_allow_apps(task_context& context) { return undo_wait_for_apps(context); }

outcome undo_allow_apps(task_context& context) { return perform_wait_for_apps(context); }

} // namespace troupe::tasks
