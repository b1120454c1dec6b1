#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_switch_snap_channel(task_context& context) {
  return done(context, track_channel{context.op().channel}, {{"channel", context.state->channel}});
}

outcome undo_switch_snap_channel(task_context& context) {
  // Stopped before its do came to an end, it has changed nothing.
  if (!context.memo.contains("channel"))
    return done();
  return done(context, track_channel{json::string_or(context.memo, "channel")});
}

} // namespace troupe::tasks
