#include "cli/commands/refresh_pending.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>

#include "cli/commands/output.hpp"
#include "runtime/api/target.hpp"
#include "runtime/api/timestamps.hpp"
#include "runtime/rules/duration_text.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

namespace {

std::string target_for(const std::vector<std::string>& names) {
  std::string target = "/v2/troupe/pending";
  for (const auto& name : names) {
    check_instance_name(name);
    target += (target.find('?') == target.npos ? "?snaps=" : ",") + percent_encode(name);
  }
  return target;
}

std::string age_since(const std::string& time) {
  try {
    auto age = std::chrono::system_clock::now() - from_rfc3339(time);
    return duration_text(std::max<duration>(age, duration::zero()));
  } catch (const failure&) {
    return "-";
  }
}

/// `hello 41,42; hook configure 43`.
std::string who_runs(const json::object& waiting) {
  std::map<std::string, std::string> by_name;
  for (const auto& item : array_of(waiting, "processes")) {
    const auto& process = as_object(item);
    auto hook = text_of(process, "hook");
    auto name = hook.empty() ? text_of(process, "app") : "hook " + hook;
    auto& pids = by_name[name.empty() ? text_of(process, "command") : name];
    pids += (pids.empty() ? "" : ",") + std::to_string(number_of(process, "pid"));
  }
  std::string text;
  for (const auto& [name, pids] : by_name)
    text += (text.empty() ? "" : "; ") + name + " " + pids;
  return text.empty() ? "one that is just being started" : text;
}

} // namespace

int print_pending_refreshes(session& session, const std::vector<std::string>& names) {
  auto result = session.get(target_for(names));
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  if (as_array(result).empty()) {
    std::cout << "No refresh waits for running applications.\n";
    return exit_code::ok;
  }
  table table{{"Name", "Rev", "To", "Version", "Waits", "Change", "New starts", "Running"}};
  for (const auto& item : as_array(result)) {
    const auto& refresh = as_object(item);
    auto undoes = flag_of(refresh, "undoes") ? " (undo)" : "";
    table.add({text_of(refresh, "snap"), text_of(refresh, "from-revision"),
               text_of(refresh, "revision") + undoes, or_dash(text_of(refresh, "version")),
               age_since(text_of(refresh, "since")), text_of(refresh, "change"),
               flag_of(refresh, "blocks") ? "wait" : "allowed",
               who_runs(object_of(refresh, "waiting"))});
  }
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace troupe::cli
