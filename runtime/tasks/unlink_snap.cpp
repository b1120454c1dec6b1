#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/revision_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

outcome perform_unlink_snap(task_context& context) {
  const auto& state = *context.state;
  all_or_nothing([&] { unlink_revision_files(context, *state.info()); },
                 [&] { link_revision_files(context, *state.info(), state.current); });
  return done(context, unlink_current{});
}

outcome undo_unlink_snap(task_context& context) {
  const auto& state = *context.state;
  const auto& current = *state.find(state.current);
  link_revision_files(context, *current.info, current.rev);
  return done(context, link_revision{current, state.channel, state.flags});
}

} // namespace troupe::tasks
