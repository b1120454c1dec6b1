#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/config_edit.hpp"
#include "runtime/rules/task_lists.hpp"
#include "runtime/snap/environment.hpp"
#include "runtime/snap/health_json.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/tasks/added_tasks.hpp"
#include "runtime/tasks/connection_attributes.hpp"
#include "runtime/tasks/hook_marks.hpp"
#include "runtime/tasks/profile_files.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::tasks {

namespace {

std::string duration_text(std::chrono::seconds time) {
  auto minutes = time.count() / 60;
  auto seconds = time.count() % 60;
  return (minutes ? std::to_string(minutes) + "m" : std::string{}) + std::to_string(seconds) + "s";
}

std::string how_it_failed(const host::process_result& result, std::chrono::seconds time_limit) {
  std::string text = result.output;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  std::string why;
  if (result.timed_out)
    why = "<exceeded maximum runtime of " + duration_text(time_limit) + ">";
  else if (result.stopped)
    why = "<aborted>";
  else if (result.signal != 0)
    why = "killed by signal " + std::to_string(result.signal);
  else if (text.empty())
    why = "exit status " + std::to_string(result.exit_status);
  return text.empty() || why.empty() ? text + why : text + "\n" + why;
}

/// Whether the hook is one of those that a plug or a slot has.
bool is_about_connection(const task_context& context) { return context.setup.contains("connection"); }

/// What snap.yaml says of a hook; nothing where it only ships the script.
const hook_info& declared(const task_context& context, const std::string& hook) {
  static const hook_info undeclared;
  const auto& hooks = context.info().hooks;
  auto found = std::ranges::find(hooks, hook, &hook_info::name);
  return found == hooks.end() ? undeclared : *found;
}

std::vector<std::string> command_of(const task_context& context, const std::string& hook) {
  auto snap = context.paths().mount_point(context.snap(), context.rev());
  std::vector<std::string> command;
  for (const auto& link : declared(context, hook).command_chain)
    command.push_back(snap / link);
  command.push_back(snap / "meta" / "hooks" / hook);
  return command;
}

// The marks come last: a snap must not be able to set others.
environment_map environment_of(const task_context& context, const std::string& hook) {
  const auto& info = context.info();
  auto environment = snap_environment(context.paths(), info, context.snap(), context.rev());
  // Ours comes first: a snapctl that a base brings looks for a daemon of the root directory.
  environment.emplace("PATH", context.paths().tools_dir().string() +
                                  ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  extend_handed_on(environment, {&info.environment, &declared(context, hook).environment});
  const auto set = [&](const std::string& name, const std::string& value) {
    set_for_all(environment, name, value);
  };
  const auto& op = context.op();
  if (op.from) {
    set("TROUPE_FROM_REVISION", to_string(op.from));
    set("TROUPE_TO_REVISION", json::string_or(context.setup, "to", to_string(op.rev)));
    set("TROUPE_UNDO", context.job->undo ? "1" : "0");
  }
  if (is_about_connection(context)) {
    set("TROUPE_CONNECTION", json::string_or(context.setup, "connection"));
    set("TROUPE_UNDO", context.job->undo ? "1" : "0");
    if (context.job->undo)
      set("TROUPE_FAILED", context.job->failed);
  }
  if (context.waited > duration{})
    set("TROUPE_WAITED_SECONDS",
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(context.waited).count()));
  set("TROUPE_ROOT", context.paths().root());
  for (const auto* name : {"SNAP_COOKIE", "SNAP_CONTEXT"})
    set(name, context.access.cookie);
  for (const auto& [name, value] : hook_marks(context.paths(), context.job->task.id))
    set(name, value);
  return environment;
}

/// Why a hook can't have its base; empty if it can, or needs none.
std::string fault_of_base(const task_context& context) {
  const auto& base = context.base_state;
  if (!base || !base->is_installed())
    return {};
  auto text = "its base \"" + base->name + "\" is ";
  if (!base->active)
    return text + "disabled; enable that first";
  if (!context.os().mounts->is_mounted(context.paths().mount_point(base->name, base->current)))
    return text + "not mounted; the daemon's log says why";
  return {};
}

/// The hook's revision has failed, and not the host: that is remembered.
outcome revision_to_blame(const task_context& context, const std::string& message) {
  remember_bad update{{context.rev(), as_one_line(message), context.os().clock->now()}};
  return {outcomes::error{message, {{context.snap(), std::move(update)}}}, {"ERROR " + message}};
}

/// What the hook has said in its run, which has ended; null: nothing.
std::shared_ptr<const hook_words> said_in(const task_context& context) {
  return context.access.said ? context.access.said->load() : nullptr;
}

/// Why a check-health hook that ended well has failed all the same; empty where it hasn't.
std::string bad_news(const task_context& context, const std::string& hook) {
  auto said = said_in(context);
  if (hook != "check-health" || !said || !said->health || said->health->status != health_status::error)
    return {};
  const auto& health = *said->health;
  return health.message + (health.code.empty() ? "" : " (" + health.code + ")");
}

/// What has to be done to services once the hook has ended well.
std::vector<task_record> service_tasks_of(const task_context& context, const hook_words& said) {
  return added_tasks_of(context, [&](task_chain& chain) {
    for (const auto& [verb, names, for_good] : said.services)
      add_asked_service_task(chain, verb, names, for_good);
  });
}

/// The hook has ended well: what it has said counts from now on.
outcome done_with_words(const task_context& context) {
  const auto said = said_in(context);
  outcomes::done result;
  json::object memo{{"ran", true}};
  if (said && said->health) {
    memo["health"] = to_json(context.state->health);
    result.updates.emplace_back(context.snap(), set_health{snap_health{*said->health, context.rev(),
                                                                       context.os().clock->now()}});
  }
  if (said && !said->config.empty()) {
    const auto config = json::parse_object(context.state->config);
    json::object back;
    for (const auto& text : said->config)
      for (const auto& [name, value] : edits_back(config, json::parse_object(text)))
        back.insert_or_assign(name, value);
    memo["config-back"] = std::move(back);
    result.updates.emplace_back(context.snap(), edit_config{said->config});
  }
  if (said && !said->services.empty())
    result.then = service_tasks_of(context, *said);
  if (is_about_connection(context))
    for (const auto& [key, value] :
         to_memo(connection_in(context), attributes_after(context, said.get())))
      memo[key] = value;
  result.memo = json::write(memo);
  return {std::move(result), {}};
}

/// Why none of the snap's hooks can run; empty if they can.
std::string fault_of_snap(const task_context& context) {
  const auto is_guest = context.snap() != context.op().snap;
  if (is_guest && !context.state->active)
    return "snap \"" + context.snap() + "\" is no longer enabled";
  return fault_of_base(context);
}

outcome run_hook(task_context& context, const std::string& hook, bool ignore_error) {
  if (auto fault = fault_of_snap(context); !fault.empty()) {
    auto why = "cannot run hook \"" + hook + "\": " + fault;
    if (!ignore_error)
      throw failure{why};
    context.log.push_back("INFO " + why);
    return done();
  }
  const auto& paths = context.paths();
  const auto name = context.snap();
  auto rev = context.rev();
  std::chrono::seconds time_limit{json::int_or(context.setup, "time-limit-s", 600)};
  host::process_spec spec;
  spec.argv = confined_start(context.host, name, rev, "hook." + hook);
  for (const auto& program : command_of(context, hook))
    spec.argv.push_back(program);
  spec.env = environment_of(context, hook);
  spec.cwd = paths.data_dir(name, rev);
  spec.time_limit = time_limit;
  spec.output_limit = limits::hook_output_bytes;
  auto result = context.os().processes->run(spec, context.stop);
  // What left the hook's process group would keep the snap's mount busy.
  context.os().processes->kill_marked(hook_marks(paths, context.job->task.id));
  auto why = result.succeeded() ? bad_news(context, hook) : how_it_failed(result, time_limit);
  if (result.succeeded() && why.empty())
    return context.job->undo ? done() : done_with_words(context);
  auto message = "run hook \"" + hook + "\": " + why;
  if (ignore_error && !result.stopped) {
    context.log.push_back("ERROR ignored: " + message);
    return done();
  }
  if (json::bool_or(context.setup, "judges") && !result.stopped)
    return revision_to_blame(context, message);
  throw failure{message};
}

} // namespace

// A plug or slot may have only the hook that undoes.
outcome perform_run_hook(task_context& context) {
  const auto hook = json::string_or(context.setup, "hook");
  if (is_about_connection(context) && !context.info().has_hook(hook))
    return done_with_words(context);
  return run_hook(context, hook, json::bool_or(context.setup, "ignore-error"));
}

// Its failure is no reason not to refresh.
outcome run_refresh_pending_hook(task_context& context) {
  auto hook = json::string_or(context.setup, "hook");
  if (!context.info().has_hook(hook))
    return done();
  return run_hook(context, hook, true);
}

outcome undo_run_hook(task_context& context) {
  auto hook = json::string_or(context.setup, "undo-hook");
  // Told to stop before its do has begun, it has nothing to undo.
  auto runs = context.passed_over.empty() && json::bool_or(context.memo, "ran") && !hook.empty() &&
              context.info().has_hook(hook);
  auto undone = runs ? run_hook(context, hook, true) : done();
  if (!context.passed_over.empty())
    context.log.push_back("INFO its hook isn't run: " + context.passed_over);
  // Whatever has been said since: the snap is what it was before.
  auto& updates = std::get<outcomes::done>(undone.result).updates;
  if (const auto* former = context.memo.if_contains("health"))
    updates.emplace_back(context.snap(), set_health{health_from_json(*former)});
  if (const auto* back = context.memo.if_contains("config-back"))
    updates.emplace_back(context.snap(), edit_config{{json::write(*back)}});
  return undone;
}

} // namespace troupe::tasks
