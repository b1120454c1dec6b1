#include "runtime/snap/origin_json.hpp"
#include "runtime/tasks/all_or_nothing.hpp"
#include "runtime/tasks/revision_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

/// Whose launchers are there while the snap has no revision that is active: those of one that is
/// replaced stay all the while.
const snap_info* replaced(const task_context& context, revision former) {
  const auto* found = former == context.rev() ? nullptr : context.state->find(former);
  return found ? found->info.get() : nullptr;
}

void unlink_again(task_context& context, const snap_info* former) {
  remove_current_links(context);
  change_launchers(context, &context.info(), former);
}

} // namespace

outcome perform_link_snap(task_context& context) {
  const auto& state = *context.state;
  const auto* former_info = replaced(context, state.current);
  all_or_nothing(
      [&] {
        make_current_links(context, context.rev());
        change_launchers(context, former_info, &context.info());
      },
      [&] { unlink_again(context, former_info); });
  json::object former{{"current", to_string(state.current)},
                      {"active", state.active},
                      {"channel", state.channel},
                      {"devmode", state.flags.devmode},
                      {"jailmode", state.flags.jailmode},
                      {"classic", state.flags.classic},
                      {"config", state.config},
                      {"origin", to_json(state.origin)},
                      {"known", state.find(context.rev()) != nullptr}};
  const auto* known = state.find(context.rev());
  const auto& op = context.op();
  auto linked = known ? *known : installed_revision{context.rev(), op.info, context.os().clock->now()};
  link_revision update{std::move(linked), state.channel, state.flags, state.origin, op.verb == "revert"};
  if (op.info) {
    update.channel = op.channel;
    update.flags = op.flags;
    update.origin = op.origin;
  }
  return done(context, update, former);
}

outcome undo_link_snap(task_context& context) {
  const auto& former = context.memo;
  // Stopped before its do came to an end: the state is as it was, and the links follow it.
  if (!former.contains("current")) {
    unlink_again(context, replaced(context, context.state->current));
    return done();
  }
  restore_link restored;
  restored.current = revision_from_text(json::string_or(former, "current")).value_or(revision{});
  restored.active = json::bool_or(former, "active");
  restored.channel = json::string_or(former, "channel");
  restored.flags = {json::bool_or(former, "devmode"), json::bool_or(former, "jailmode"),
                    json::bool_or(former, "classic")};
  restored.config = json::string_or(former, "config", "{}");
  restored.origin = origin_from_json(json::object_or(former, "origin"));
  if (!json::bool_or(former, "known"))
    restored.drop = context.rev();
  unlink_again(context, replaced(context, restored.current));
  if (restored.active)
    make_current_links(context, restored.current);
  return done(context, restored);
}

} // namespace troupe::tasks
