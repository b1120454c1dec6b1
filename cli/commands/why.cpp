#include <algorithm>
#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"
#include "runtime/rules/duration_text.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

namespace {

constexpr std::size_t others_shown = 5;
constexpr std::string_view task_mark = "task:";

struct why_choice {
  std::string what;
  std::string task;
};

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

std::string target_of(const why_choice& choice) {
  if (choice.what.empty() == choice.task.empty())
    throw usage_error{
        "cannot explain: give a change's ID, a snap's NAME, or a task by task:N or --task N"};
  auto ask = [](const std::string& key, const std::string& value) {
    return "/v2/troupe/why?" + key + "=" + percent_encode(value);
  };
  if (!choice.task.empty())
    return ask("task", choice.task);
  if (is_number(choice.what))
    return ask("change", choice.what);
  if (choice.what.starts_with(task_mark))
    return ask("task", choice.what.substr(task_mark.size()));
  check_instance_name(choice.what);
  return ask("snap", choice.what);
}

std::string reason_in(const json::object& link) { return text_of(object_of(link, "waiting"), "reason"); }

std::string requester_in(const json::object& owner) {
  auto uid = text_of(owner, "requester-uid");
  return uid == "0" ? "root" : "the user with id " + uid;
}

std::string task_in(const json::object& link) {
  return "task " + text_of(link, "task") + " (" + text_of(link, "summary") + ")";
}

/// A link in one line; who asked for its change only where that is another than before.
std::string line_of(const json::object& link, const std::string& change_before) {
  auto change = text_of(link, "change");
  auto line = task_in(link) + " in lane " + text_of(link, "lane") + " of change " + change;
  if (change != change_before) {
    const auto& owner = object_of(link, "owner");
    auto age = std::chrono::seconds{number_of(owner, "age-s")};
    line +=
        ", " + text_of(owner, "kind") + " by " + requester_in(owner) + " " + duration_text(age) + " ago";
  }
  return line + ": " + text_of(object_of(link, "waiting"), "text");
}

/// How many links from this one on only wait for the next task of their change, each of them alike.
std::size_t links_alike(const json::array& chain, std::size_t from) {
  std::size_t count = 0;
  for (auto i = from; i < chain.size(); ++i, ++count)
    if (reason_in(as_object(chain[i])) != "predecessor")
      break;
  return count;
}

void print_chain(const json::array& chain) {
  std::string change;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    std::string indent(2 * depth++, ' ');
    const auto& link = as_object(chain[i]);
    auto alike = links_alike(chain, i);
    // Of a long row of tasks the first and the last tell all.
    if (i > 0 && alike > 2 && reason_in(as_object(chain[i - 1])) == "predecessor") {
      std::cout << indent << "… " << alike << " tasks between, each after the next\n";
      i += alike - 1;
      continue;
    }
    std::cout << indent << line_of(link, change) << '\n';
    change = text_of(link, "change");
  }
}

void print_others(const json::array& also) {
  for (std::size_t i = 0; i < std::min(also.size(), others_shown); ++i) {
    const auto& link = as_object(also[i]);
    std::cout << "besides: " << task_in(link) << ": " << text_of(object_of(link, "waiting"), "text")
              << '\n';
  }
  if (also.size() > others_shown)
    std::cout << "besides: " << also.size() - others_shown << " tasks more\n";
}

int why(session& session, const why_choice& choice) {
  auto result = session.get(target_of(choice));
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  const auto& answer = as_object(result);
  colours colours{1};
  print_chain(array_of(answer, "chain"));
  print_others(array_of(answer, "also"));
  std::cout << colours.bold("root cause:") << ' ' << text_of(object_of(answer, "root"), "text") << '\n'
            << colours.bold("ends when:") << ' ' << text_of(answer, "ends-when") << '\n';
  return exit_code::ok;
}

} // namespace

void add_why(CLI::App& app, session& session) {
  auto choice = std::make_shared<why_choice>();
  auto* command =
      app.add_subcommand("why", "Say why a change, a task or a snap waits, and what would end it")
          ->group(group::changes);
  command->add_option("WHAT", choice->what, "A change's ID, a snap's NAME, or task:N")->type_name("");
  command->add_option("--task", choice->task, "A task, by the number that `troupe why` or --json shows")
      ->type_name("N");
  command->footer(
      "Each line waits for the one below it:\n"
      "  $ troupe why 12\n"
      "  task 31 (Make snap \"core22\" (x2) available to the system) in lane 1 of change 12,\n"
      "  install-snap by root 8s ago: lane 1 of change 9 keeps it out: one is the base of the other\n"
      "    task 22 (Run configure hook of \"hello\" snap) in lane 1 of change 9, install-snap by root\n"
      "    1m12s ago: it has been running for 58s\n"
      "  root cause: task 22 (Run configure hook of \"hello\" snap) of change 9 has been running for "
      "58s\n"
      "  ends when: it ends; to follow it: troupe watch 9; to give it up: troupe abort 9\n\n"
      "Examples:\n"
      "  troupe why 12             # a change\n"
      "  troupe why task:31        # a task of it\n"
      "  troupe why hello          # whoever works on this snap\n"
      "  troupe why hello --json\n\n"
      "What waits for nothing is no error: that is the answer then.");
  command->callback(
      [&session, choice] { session.action = [&session, choice] { return why(session, *choice); }; });
}

} // namespace troupe::cli
