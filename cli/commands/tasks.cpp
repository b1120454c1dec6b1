#include <iostream>

#include "cli/commands/change_choice.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

void print_tasks(const json::object& change, bool absolute) {
  table table{{"Status", "Spawn", "Ready", "Summary"}};
  for (const auto& item : array_of(change, "tasks")) {
    const auto& task = as_object(item);
    auto summary = text_of(task, "summary");
    const auto& step = object_of(task, "progress");
    if (text_of(task, "status") == "Doing" && number_of(step, "total") > 1)
      summary += " (" + std::to_string(100 * number_of(step, "done") / number_of(step, "total")) + "%)";
    table.add({text_of(task, "status"), human_time(text_of(task, "spawn-time"), absolute),
               human_time(text_of(task, "ready-time"), absolute), summary});
  }
  table.print(std::cout);
}

void print_waits(const json::object& change) {
  bool first = true;
  for (const auto& item : array_of(change, "tasks")) {
    const auto& task = as_object(item);
    const auto& waiting = object_of(task, "waiting");
    auto reason = text_of(waiting, "reason");
    if (reason.empty() || reason == "runnable" || reason == "running")
      continue;
    if (first)
      std::cout << "\nWaiting:\n";
    first = false;
    std::cout << "  " << text_of(task, "summary") << ": " << text_of(waiting, "text") << '\n';
  }
}

void print_logs(const json::object& change) {
  colours colours{1};
  for (const auto& item : array_of(change, "tasks")) {
    const auto& task = as_object(item);
    const auto& log = array_of(task, "log");
    if (log.empty())
      continue;
    std::cout << '\n'
              << std::string(70, '.') << '\n'
              << colours.bold(text_of(task, "summary")) << "\n\n";
    for (const auto& line : log)
      if (line.is_string())
        std::cout << printable(line.get_string()) << '\n';
  }
}

int tasks(session& session, const change_choice& choice, bool absolute) {
  auto id = chosen_change(session, choice);
  if (!id) {
    if (session.json)
      print_json(nullptr);
    return exit_code::ok;
  }
  auto result = session.get("/v2/changes/" + percent_encode(*id));
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  const auto& change = as_object(result);
  print_tasks(change, absolute);
  print_waits(change);
  print_logs(change);
  return exit_code::ok;
}

} // namespace

void add_tasks(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("tasks", "Show a change's steps, what they said and what they wait for")
          ->group(group::changes)
          ->alias("change");
  auto choice = add_change_choice(*command);
  auto absolute = std::make_shared<bool>(false);
  command->add_flag("--abs-time", *absolute, "Show times as RFC 3339");
  command->footer("Examples:\n"
                  "  troupe tasks 12\n"
                  "  troupe tasks --last=install\n"
                  "  troupe tasks --last=remove?    # no error if there was none");
  command->callback([&session, choice, absolute] {
    session.action = [&session, choice, absolute] { return tasks(session, *choice, *absolute); };
  });
}

} // namespace troupe::cli
