#include "runtime/tasks/profile_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

/// Whether a task is about a snap as it is connected now, and not about a revision that is to be linked.
bool is_about_connections(const task_context& context) {
  return context.setup.contains("snap") || context.setup.contains("connections");
}

/// A disabled snap has no profile.
outcome write_active(const task_context& context) {
  if (context.state && context.state->active)
    write_profile(context.host, {context.snap(), context.state->current, *context.state->info(),
                                 context.state->flags, context.state->connections});
  return done();
}

} // namespace

outcome perform_setup_profiles(task_context& context) {
  if (is_about_connections(context))
    return write_active(context);
  const auto& op = context.op();
  write_profile(context.host, {context.snap(), context.rev(), context.info(),
                               op.info ? op.flags : context.state->flags, context.state->connections});
  return done();
}

// What connections allow is written again by keep-profiles, once they are undone.
outcome undo_setup_profiles(task_context& context) {
  if (!is_about_connections(context))
    remove_profile(context.host, context.snap(), context.rev());
  return done();
}

// The attributes that hooks have set go by this task to the one that connects.
outcome perform_keep_profiles(task_context& context) {
  return {outcomes::done{{}, json::write(context.memo_before)}, {}};
}

outcome undo_keep_profiles(task_context& context) { return write_active(context); }

outcome perform_remove_profiles(task_context& context) {
  remove_profile(context.host, context.snap(), context.state->current);
  return done();
}

outcome undo_remove_profiles(task_context& context) {
  const auto& state = *context.state;
  write_profile(context.host,
                {context.snap(), state.current, *state.info(), state.flags, state.connections});
  return done();
}

} // namespace troupe::tasks
