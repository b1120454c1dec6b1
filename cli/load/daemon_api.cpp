#include "cli/load/daemon_api.hpp"

#include <algorithm>
#include <thread>

#include "cli/load/load_snaps.hpp"
#include "runtime/api/target.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/limits.hpp"

namespace troupe::load {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto first_pause = 2ms;
constexpr auto longest_pause = 40ms;
constexpr auto removal_patience = 120s;

time_point time_or_unset(const json::object& from, std::string_view key) {
  auto text = json::string_or(from, key);
  return text.empty() ? time_point{} : from_rfc3339(text);
}

const json::array& array_in(const json::object& from, std::string_view key) {
  static const json::array none;
  const auto* found = from.if_contains(key);
  return found && found->is_array() ? found->get_array() : none;
}

seen_change change_of_resource(const json::value& resource) {
  const auto& from = resource.as_object();
  seen_change result{json::string_or(from, "id"),
                     json::string_or(from, "status"),
                     json::string_or(from, "err"),
                     json::bool_or(from, "ready"),
                     time_or_unset(from, "spawn-time"),
                     time_or_unset(from, "ready-time"),
                     {},
                     {}};
  if (const auto* data = from.if_contains("data"); data && data->is_object())
    result.snaps = json::strings(data->get_object(), "snap-names");
  for (const auto& item : array_in(from, "tasks"))
    result.tasks.emplace_back(json::string_or(item.as_object(), "summary"),
                              json::string_or(item.as_object(), "status"));
  return result;
}

bool is_of_a_load(const seen_change& change) {
  return std::any_of(change.snaps.begin(), change.snaps.end(),
                     [](const auto& name) { return name.starts_with(name_prefix); });
}

std::map<std::string, std::string> statuses(const json::value& list) {
  std::map<std::string, std::string> result;
  for (const auto& item : list.as_array())
    result[json::string_or(item.as_object(), "id")] = json::string_or(item.as_object(), "status");
  return result;
}

} // namespace

bool seen_change::carried_out_for(const std::string& snap) const {
  auto quoted = '"' + snap + '"';
  auto found = false;
  for (const auto& [summary, status] : tasks) {
    if (summary.find(quoted) == summary.npos)
      continue;
    if (status != "Done")
      return false;
    found = true;
  }
  return found;
}

bool seen_change::has_cleared(const std::string& snap) const {
  return std::any_of(tasks.begin(), tasks.end(), [&](const auto& task) {
    return task.second == "Done" && task.first.starts_with("Remove data for snap \"" + snap + '"');
  });
}

bool seen_change::has_discarded(const std::string& snap) const {
  return std::any_of(tasks.begin(), tasks.end(), [&](const auto& task) {
    return task.second == "Done" && task.first.starts_with("Remove snap \"" + snap + '"') &&
           task.first.ends_with("from the system");
  });
}

std::filesystem::path daemon_api::root() {
  auto info = result_of(client_.get("/v2/system-info"));
  const auto* locations = info.is_object() ? info.get_object().if_contains("locations") : nullptr;
  if (!locations || !locations->is_object())
    throw failure{"cannot tell the daemon's root: it doesn't say where its snaps are"};
  return std::filesystem::path{json::string_or(locations->get_object(), "snap-mount-dir")}.parent_path();
}

std::map<std::string, bool> daemon_api::snaps() {
  std::map<std::string, bool> result;
  auto list = result_of(client_.get("/v2/snaps"));
  for (const auto& item : list.as_array()) {
    auto name = json::string_or(item.as_object(), "name");
    if (name.starts_with(name_prefix))
      result[name] = json::string_or(item.as_object(), "status") == "active";
  }
  return result;
}

seen_change daemon_api::change(const std::string& id) {
  return change_of_resource(result_of(client_.get("/v2/changes/" + percent_encode(id))));
}

std::vector<seen_change> daemon_api::unready_changes() {
  std::vector<seen_change> result;
  auto list = result_of(client_.get("/v2/changes?select=in-progress"));
  for (const auto& item : list.as_array())
    if (auto change = change_of_resource(item); is_of_a_load(change))
      result.push_back(std::move(change));
  return result;
}

std::map<std::string, std::string> daemon_api::shown_changes() {
  return statuses(result_of(client_.get("/v2/changes?select=all")));
}

std::map<std::string, std::string> daemon_api::history(const std::string& snap) {
  return statuses(result_of(client_.get("/v2/troupe/history?snap=" + percent_encode(snap) +
                                        "&limit=" + std::to_string(limits::history_answer_changes))));
}

seen_change daemon_api::follow(const std::string& id, const std::function<bool()>& gives_up) {
  auto pause = std::chrono::duration_cast<std::chrono::microseconds>(first_pause);
  for (;;) {
    auto seen = change(id);
    if (seen.ready || gives_up())
      return seen;
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::microseconds>(pause * 3 / 2, longest_pause);
  }
}

void daemon_api::remove(const std::vector<std::string>& names) {
  if (names.empty())
    return;
  json::object body{{"action", "remove"}, {"snaps", json::array(names.begin(), names.end())}};
  auto id = change_of(client_.post("/v2/snaps", body));
  auto end = steady::now() + removal_patience;
  auto ended = follow(id, [end] { return steady::now() > end; });
  if (ended.status != "Done")
    throw failure{"cannot remove the snaps of a load: change " + id + " is " + ended.status +
                  (ended.error.empty() ? "" : ": " + ended.error) + "; see `troupe tasks " + id + "`"};
}

} // namespace troupe::load
