#include "cli/commands/refresh_times.hpp"

#include <chrono>
#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/wait.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/refresh_hold.hpp"

namespace troupe::cli {

namespace {

time_point now() { return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()); }

int change_holds(session& session, const std::vector<std::string>& names, json::object request,
                 const std::string& done) {
  auto target = names.size() == 1 ? snap_target(names.front()) : "/v2/snaps";
  if (names.size() > 1)
    request["snaps"] = json::array(names.begin(), names.end());
  return finish(session, session.start_change(target, request),
                [&done](const json::object&) { std::cout << done << '\n'; });
}

std::string all_or(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + printable(name);
  return text.empty() ? "all snaps" : text;
}

} // namespace

int print_refresh_times(session& session) {
  auto info = session.get("/v2/system-info");
  const auto& times = object_of(as_object(info), "refresh");
  if (session.json) {
    print_json(times);
    return exit_code::ok;
  }
  auto last = text_of(times, "last");
  std::cout << "timer: " << text_of(times, "timer") << '\n'
            << "last: " << (last.empty() ? "never" : human_time(last)) << '\n'
            << "next: " << human_time(text_of(times, "next")) << '\n';
  for (const auto& item : array_of(times, "holds")) {
    auto snap = text_of(as_object(item), "snap");
    std::cout << (snap.empty() ? "all snaps" : snap) << ": " << text_of(as_object(item), "text") << '\n';
  }
  return exit_code::ok;
}

int hold_refreshes(session& session, const std::vector<std::string>& names, const std::string& length,
                   const std::string& reason) {
  auto until = hold_end(length, now());
  json::object request{
      {"action", "hold"},
      {"time", until ? to_rfc3339(*until) : "forever"},
      {"hold-level", to_word(names.empty() ? hold_level::automatic : hold_level::general)}};
  if (!reason.empty())
    request["reason"] = reason;
  auto end = until ? "until " + to_rfc3339(*until) : "forever";
  return change_holds(session, names, std::move(request),
                      (names.empty() ? "Automatic refreshes of " : "Refreshes of ") + all_or(names) +
                          " are held " + end + ".");
}

int lift_holds(session& session, const std::vector<std::string>& names) {
  return change_holds(session, names, {{"action", "unhold"}},
                      "The hold of " + all_or(names) +
                          " is lifted; `troupe refresh --time` shows others.");
}

} // namespace troupe::cli
