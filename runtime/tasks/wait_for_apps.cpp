#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

// From here to allow-apps no application of the snap starts, and a shutdown of the host waits. That is
// asked for only once nothing runs: whoever still waits holds up nobody.
outcome perform_wait_for_apps(task_context& context) {
  auto& control = *context.os().run_control;
  const auto& snap = context.op().snap;
  auto is_inhibited = true;
  all_or_nothing(
      [&] {
        if (context.is_forced)
          control.inhibit(snap);
        else
          is_inhibited = control.inhibit_if_vacant(snap).inhibited;
      },
      [&] { control.allow(snap); });
  if (!is_inhibited)
    return {outcomes::retry{}, {}};
  if (context.is_forced)
    context.log.emplace_back(
        "INFO applications still run; it goes on as refresh.max-inhibition has passed");
  context.os().shutdown->hold(snap);
  return done();
}

// The former revision is whole again, even if its mark can't be removed.
outcome undo_wait_for_apps(task_context& context) {
  context.os().shutdown->release(context.op().snap);
  context.os().run_control->allow(context.op().snap);
  return done();
}

// If this fails, the revision is taken away again.
outcome perform_allow_apps(task_context& context) {
  context.os().run_control->allow(context.op().snap);
  context.os().shutdown->release(context.op().snap);
  return done();
}

outcome undo_allow_apps(task_context& context) { return perform_wait_for_apps(context); }

} // namespace troupe::tasks
