#include "runtime/rules/running_apps.hpp"

#include <algorithm>
#include <set>

#include "runtime/limits.hpp"

namespace troupe {

namespace {

/// `apps (a,b)`; empty without names.
std::string group_text(const std::string& word, const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? word + " (" : ",") + name;
  return text.empty() ? text : text + ")";
}

} // namespace

bool counts_as_running(const app_info& app) {
  return !app.is_service() && app.refresh_mode != "ignore-running";
}

bool has_apps_that_count(const snap_info& info) {
  return std::ranges::any_of(info.apps, counts_as_running);
}

std::string running_text(const std::string& snap, const std::vector<snap_process>& processes) {
  auto text = "snap \"" + snap + "\" has ";
  if (processes.empty())
    return text + "an application that is just being started";
  std::set<std::string> app_names;
  std::set<std::string> hook_names;
  std::string pids;
  for (const auto& process : processes) {
    if (!process.app.empty())
      app_names.insert(process.app);
    if (!process.hook.empty())
      hook_names.insert(process.hook);
    pids += (pids.empty() ? "" : ",") + std::to_string(process.pid);
  }
  auto apps = group_text("apps", app_names);
  auto hooks = group_text("hooks", hook_names);
  if (apps.empty() && hooks.empty())
    apps = "processes";
  return text + "running " + apps + (apps.empty() || hooks.empty() ? "" : " and ") + hooks +
         ", pids: " + pids;
}

std::string process_list_text(const std::vector<snap_process>& processes) {
  std::string text;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    if (i == limits::shown_processes)
      return text + " and " + std::to_string(processes.size() - i) + " more";
    const auto& process = processes[i];
    text += (i == 0 ? "" : ", ") + std::to_string(process.pid) + " (" + process.command + ", user " +
            process.user + ")";
  }
  return text;
}

} // namespace troupe
