#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/revision_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

void link_again(task_context& context) {
  const auto& current = *context.state->find(context.state->current);
  make_current_links(context, current.rev);
  change_launchers(context, nullptr, current.info.get());
}

} // namespace

outcome perform_unlink_snap(task_context& context) {
  all_or_nothing(
      [&] {
        remove_current_links(context);
        change_launchers(context, context.state->info(), nullptr);
      },
      [&] { link_again(context); });
  return done(context, unlink_current{});
}

// The launchers stay: who starts an application amid the refresh has it wait, and not fail.
// The task after it copies the data; whoever undoes that has to know what was there before, and a memo
// is durable before the next task begins.
outcome perform_unlink_current_snap(task_context& context) {
  all_or_nothing([&] { remove_current_links(context); }, [&] { link_again(context); });
  return done(context, unlink_current{}, existing_data(context));
}

outcome undo_unlink_snap(task_context& context) {
  const auto& state = *context.state;
  const auto& current = *state.find(state.current);
  link_again(context);
  return done(context, link_revision{current, state.channel, state.flags, state.origin});
}

} // namespace troupe::tasks
