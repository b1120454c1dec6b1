#include "runtime/api/resources.hpp"

#include <algorithm>

#include "runtime/api/alias_requests.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/task_order.hpp"
#include "runtime/rules/wait_words.hpp"
#include "runtime/snap/origin_json.hpp"
#include "runtime/snap/words.hpp"

namespace troupe {

namespace {

template <class... Cases>
struct overloaded : Cases... {
  using Cases::operator()...;
};

json::object processes_resource(const std::vector<snap_process>& processes) {
  json::array pids;
  json::array all;
  for (const auto& process : processes) {
    pids.emplace_back(process.pid);
    json::object one{{"pid", process.pid}, {"command", process.command}, {"user", process.user}};
    if (!process.app.empty())
      one["app"] = process.app;
    if (!process.hook.empty())
      one["hook"] = process.hook;
    all.push_back(std::move(one));
  }
  return {{"pids", std::move(pids)}, {"processes", std::move(all)}};
}

/// What a program can use of a wait reason.
json::object details_of(const wait_reason& reason) {
  using fields = json::object;
  return std::visit(
      overloaded{
          [](const waits::predecessor& w) -> fields {
            return {{"task", to_string(w.task)}};
          },
          [](const waits::claim& w) -> fields {
            return {{"snap", w.snap}, {"change", to_string(w.owner)}};
          },
          [](const waits::admission& w) -> fields {
            return {{"change", to_string(w.other.change)}, {"lane", w.other.lane}, {"rule", w.rule}};
          },
          [](const waits::apps_running& w) -> fields {
            auto result = processes_resource(w.processes);
            result["snap"] = w.snap;
            return result;
          },
          [](const waits::hold& w) -> fields {
            return {{"who", w.who}, {"until", to_rfc3339(w.until)}};
          },
          [](const waits::retry& w) -> fields {
            return {{"at", to_rfc3339(w.at)}, {"cause", w.cause}};
          },
          [](const waits::slot& w) -> fields {
            return {{"pool", w.pool}};
          },
          [](const waits::hook_turn& w) -> fields {
            return {{"snap", w.snap}};
          },
          [](const waits::prerequisite& w) -> fields {
            return {{"change", to_string(w.lane.change)}, {"lane", w.lane.lane}};
          },
          [](const waits::running& w) -> fields {
            return {{"since", to_rfc3339(w.since)}};
          },
          [](const auto&) -> fields { return {}; },
      },
      reason);
}

// A client divides by the total, and shows one of one as a spinner.
json::object progress_resource(const task_record& task) {
  auto untouched = task.progress == task_progress{};
  auto done = untouched && task.status != task_status::do_ ? std::uint64_t{1} : task.progress.done;
  return {{"label", task.progress.label}, {"done", done}, {"total", task.progress.total}};
}

json::object task_resource(const task_record& task, const change_view& view) {
  json::object result{{"id", to_string(task.id)},
                      {"kind", task.kind},
                      {"summary", task.summary},
                      {"status", to_word(task.status)},
                      {"progress", progress_resource(task)},
                      {"spawn-time", to_rfc3339(task.spawned_at)}};
  if (!task.log.empty())
    result["log"] = json::array(task.log.begin(), task.log.end());
  if (is_ready(task.status) && is_set(task.ready_at))
    result["ready-time"] = to_rfc3339(task.ready_at);
  if (auto waits = view.waits.find(task.id); waits != view.waits.end())
    result["waiting"] = wait_resource(waits->second);
  return result;
}

json::object health_resource(const snap_health& health) {
  json::object result{{"revision", to_string(health.rev)},
                      {"status", to_word(health.report.status)},
                      {"timestamp", to_rfc3339(health.since)}};
  if (!health.report.message.empty())
    result["message"] = health.report.message;
  if (!health.report.code.empty())
    result["code"] = health.report.code;
  return result;
}

} // namespace

json::object wait_resource(const wait_reason& reason) {
  json::object result{{"reason", wait_word(reason)}, {"text", wait_sentence(reason)}};
  for (auto& field : details_of(reason))
    result.insert(field);
  return result;
}

json::object change_resource(const change_view& view) {
  const auto& record = view.record;
  json::array tasks;
  for (auto place : order_of_tasks(record.tasks))
    tasks.push_back(task_resource(record.tasks[place], view));
  json::array lanes;
  for (const auto& lane : view.lanes)
    lanes.push_back(json::object{{"lane", lane.lane},
                                 {"ready", lane.ready},
                                 {"doing", lane.doing},
                                 {"status", to_word(lane.status)}});
  auto data = json::parse_object(record.data);
  add_alias_changes(data, record);
  json::object result{{"id", to_string(record.id)}, {"kind", record.kind},
                      {"summary", record.summary},  {"status", to_word(view.status)},
                      {"ready", view.ready},        {"spawn-time", to_rfc3339(record.spawned_at)},
                      {"tasks", std::move(tasks)},  {"lanes", std::move(lanes)},
                      {"data", std::move(data)}};
  if (view.ready && is_set(record.ready_at))
    result["ready-time"] = to_rfc3339(record.ready_at);
  if (!record.error.empty())
    result["err"] = record.error;
  return result;
}

json::object app_resource(const snap_state& state, const app_info& app, bool is_current,
                          const active_services& active) {
  json::object result{{"snap", state.name}, {"name", app.name}};
  if (!app.is_service())
    return result;
  result["daemon"] = app.daemon;
  result["daemon-scope"] = "system";
  if (!is_current)
    return result;
  const auto& disabled = state.disabled_services;
  result["enabled"] = state.active && std::ranges::find(disabled, app.name) == disabled.end();
  result["active"] = active.contains(state.name + "." + app.name);
  return result;
}

std::string log_record(const service_line& line) {
  return "\x1e" +
         json::write(json::object{{"timestamp", to_rfc3339(line.at)},
                                  {"message", line.text},
                                  {"sid", line.service},
                                  {"pid", std::to_string(line.pid)}}) +
         "\n";
}

json::object snap_resource(const snap_state& state, const installed_revision& shown, const layout& paths,
                           const std::string& runs_on, const active_services& active) {
  const auto& info = *shown.info;
  json::array apps;
  for (const auto& app : info.apps)
    apps.push_back(app_resource(state, app, shown.rev == state.current, active));
  json::array hooks;
  for (const auto& hook : info.hooks)
    hooks.emplace_back(hook.name);
  json::object result{{"id", state.origin.snap_id},
                      {"name", state.name},
                      {"title", info.title},
                      {"summary", info.summary},
                      {"description", info.description},
                      {"type", to_word(info.type)},
                      {"version", info.version},
                      {"revision", to_string(shown.rev)},
                      {"channel", state.channel},
                      {"tracking-channel", state.channel},
                      {"status", state.active && shown.rev == state.current ? "active" : "installed"},
                      {"confinement", to_word(info.confinement)},
                      {"devmode", state.flags.devmode},
                      {"jailmode", state.flags.jailmode},
                      {"trymode", false},
                      {"private", false},
                      {"ignore-validation", false},
                      {"installed-size", info.image_bytes},
                      {"install-date", to_rfc3339(shown.installed_at)},
                      {"developer", state.origin.publisher.username},
                      {"mounted-from", paths.image(state.name, shown.rev).string()},
                      {"apps", std::move(apps)},
                      {"hooks", std::move(hooks)}};
  if (!info.base.empty())
    result["base"] = info.base;
  if (!info.license.empty())
    result["license"] = info.license;
  if (!state.origin.snap_id.empty())
    result["publisher"] = to_json(state.origin.publisher);
  json::array bad;
  for (const auto& known : state.bad)
    bad.push_back(json::object{{"revision", to_string(known.rev)},
                               {"reason", known.reason},
                               {"since", to_rfc3339(known.since)}});
  if (!bad.empty())
    result["bad-revisions"] = std::move(bad);
  if (state.health && shown.rev == state.current)
    result["health"] = health_resource(*state.health);
  if (!runs_on.empty())
    result["runs-on"] = runs_on;
  return result;
}

} // namespace troupe
