#include "runtime/tasks/service_tasks.hpp"

#include <algorithm>
#include <set>

#include "runtime/rules/verbs.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

using names = std::vector<std::string>;

json::array written(const names& list) { return json::array(list.begin(), list.end()); }

names services_of(const snap_info& info) {
  names result;
  for (const auto& app : info.apps)
    if (app.is_service())
      result.push_back(app.name);
  return result;
}

/// Of a revision that is on the host.
service_command on(const task_context& context, service_verb verb, revision rev, names apps) {
  service_command command;
  command.verb = verb;
  command.snap = context.op().snap;
  command.rev = rev;
  const auto* installed = context.state->find(rev);
  command.info = installed ? installed->info : context.op().info;
  command.apps = std::move(apps);
  return command;
}

std::optional<service_command> unless_empty(service_command command) {
  return command.apps.empty() ? std::nullopt : std::optional{std::move(command)};
}

std::optional<service_command> start_of_snap(const task_context& context) {
  if (context.job->undo)
    return unless_empty(
        on(context, service_verb::stop, context.rev(), json::strings(context.memo, "started")));
  auto apps = services_of(context.info());
  const auto& disabled = context.state->disabled_services;
  std::erase_if(apps,
                [&](const auto& app) { return std::ranges::find(disabled, app) != disabled.end(); });
  // Services that endure a refresh are to know of the new revision although they aren't started.
  return on(context, service_verb::start, context.rev(), std::move(apps));
}

std::optional<service_command> stop_of_snap(const task_context& context) {
  if (context.job->undo) {
    auto rev = revision_from_text(json::string_or(context.memo, "revision", "unset"));
    return on(context, service_verb::start, rev && *rev ? *rev : context.state->current,
              json::strings(context.memo, "stopped"));
  }
  const auto& verb = context.op().verb;
  auto command = on(context, service_verb::stop, context.state->current, {});
  command.forgets = verb == "remove";
  if (verb != "refresh" && verb != "revert")
    return command;
  for (const auto& app : command.info->apps)
    if (app.is_service() && app.refresh_mode != "endure")
      command.apps.push_back(app.name);
  return unless_empty(std::move(command));
}

service_verb verb_of(const std::string& verb) {
  if (verb == "stop-services")
    return service_verb::stop;
  if (verb == "restart-services")
    return service_verb::restart;
  return verb == "reload-services" ? service_verb::reload : service_verb::start;
}

/// What a request wants done to services, or a hook by the task's set-up.
struct service_wish {
  std::string verb;
  names services; ///< Empty: all.
  bool for_good = false;
};

service_wish wish_of(const task_context& context) {
  const auto& op = context.op();
  if (!context.setup.contains("verb"))
    return {op.verb, op.services, op.for_good};
  return {json::string_or(context.setup, "verb"), json::strings(context.setup, "services"),
          json::bool_or(context.setup, "for-good")};
}

std::optional<service_command> asked_for(const task_context& context) {
  const auto op = wish_of(context);
  auto started = json::strings(context.memo, "started");
  auto stopped = json::strings(context.memo, "stopped");
  if (context.job->undo && op.verb == "stop-services")
    return unless_empty(on(context, service_verb::start, context.rev(), std::move(stopped)));
  if (context.job->undo) {
    std::erase_if(started,
                  [&](const auto& app) { return std::ranges::find(stopped, app) != stopped.end(); });
    return unless_empty(on(context, service_verb::stop, context.rev(), std::move(started)));
  }
  auto command = on(context, verb_of(op.verb), context.rev(),
                    op.services.empty() ? services_of(context.info()) : op.services);
  command.only_active = op.services.empty() &&
                        (command.verb == service_verb::restart || command.verb == service_verb::reload);
  return unless_empty(std::move(command));
}

/// Which services aren't started by themselves once this has been done.
names disabled_after(const task_context& context) {
  const auto op = wish_of(context);
  const auto& before = context.state->disabled_services;
  std::set<std::string> disabled{before.begin(), before.end()};
  for (const auto& app : op.services.empty() ? services_of(context.info()) : op.services)
    if (op.verb == "stop-services")
      disabled.insert(app);
    else
      disabled.erase(app);
  return {disabled.begin(), disabled.end()};
}

} // namespace

std::optional<service_command> service_command_of(const task_context& context) {
  const auto& kind = context.job->task.kind;
  if (kind == "start-snap-services")
    return start_of_snap(context);
  return kind == "stop-snap-services" ? stop_of_snap(context) : asked_for(context);
}

outcome service_outcome(const task_context& context, const service_result& result) {
  const auto& op = context.op();
  const auto wish = wish_of(context);
  const auto for_good = wish.for_good && is_about_services(wish.verb);
  outcomes::done ended;
  if (context.job->undo) {
    // Stopped before its do came to an end, it has enabled and disabled nothing.
    if (for_good && context.memo.contains("disabled"))
      ended.updates.emplace_back(op.snap,
                                 set_disabled_services{json::strings(context.memo, "disabled")});
    return {std::move(ended), {}};
  }
  json::object memo{{"started", written(result.started)},
                    {"stopped", written(result.stopped)},
                    {"revision", to_string(context.state->current)}};
  if (for_good) {
    memo["disabled"] = written(context.state->disabled_services);
    ended.updates.emplace_back(op.snap, set_disabled_services{disabled_after(context)});
  }
  ended.memo = json::write(memo);
  return {std::move(ended), {}};
}

// As with the hooks of a new revision: it has failed, and not the host.
std::optional<outcome> service_fault(const task_context& context, const failure& why) {
  const auto& op = context.op();
  if (context.job->undo || op.verb != "refresh" || context.job->task.kind != "start-snap-services")
    return std::nullopt;
  const std::string message = why.what();
  remember_bad update{{context.rev(), as_one_line(message), context.os().clock->now()}};
  return outcome{outcomes::error{message, {{op.snap, std::move(update)}}}, {"ERROR " + message}};
}

} // namespace troupe
