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

// The task after it copies the data; whoever undoes that has to know what was there before, and a memo
// is durable before the next task begins.
outcome perform_unlink_current_snap(task_context& context) {
  auto unlinked = perform_unlink_snap(context);
  std::get<outcomes::done>(unlinked.result).memo = json::write(existing_data(context));
  return unlinked;
}

outcome undo_unlink_snap(task_context& context) {
  const auto& state = *context.state;
  const auto& current = *state.find(state.current);
  link_revision_files(context, *current.info, current.rev);
  return done(context, link_revision{current, state.channel, state.flags, state.origin});
}

} // namespace troupe::tasks
