#include <algorithm>
#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/install_form.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/progress.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/snap/names.hpp"

namespace troupe::cli {

namespace {

struct plan_options {
  std::vector<std::string> names;
  std::string revision;
  bool purge = false;
  bool force = false;
  std::shared_ptr<change_options> change;
};

std::string joined(const json::array& items, const std::string& before_each) {
  std::string text;
  for (const auto& item : items)
    text += (text.empty() ? "" : ", ") + before_each +
            (item.is_string() ? printable(item.get_string()) : json::write(item));
  return text;
}

std::string undo_in(const json::object& task) {
  if (flag_of(task, "irreversible"))
    return "impossible; it is done only after all that can fail";
  auto undo = text_of(task, "undo");
  return undo.empty() ? "nothing" : undo;
}

std::string waits_in(const json::object& task) {
  auto waits = joined(array_of(task, "waits-for"), "task ");
  auto reason = text_of(task, "waits");
  if (reason == "admission")
    waits += (waits.empty() ? "" : ", then ") + std::string{"admission of the lane"};
  if (reason == "claim")
    waits = "the snaps to be free";
  return waits.empty() ? "nothing" : waits;
}

void print_lane(const json::object& lane) {
  colours colours{1};
  auto doing = text_of(lane, "doing");
  auto after = joined(array_of(lane, "waits-for-lanes"), "lane ");
  std::cout << "\n"
            << colours.bold("lane " + text_of(lane, "lane") + (doing.empty() ? "" : ": " + doing))
            << (after.empty() ? "" : " (after " + after + ")") << '\n';
  for (const auto& item : array_of(lane, "tasks")) {
    const auto& task = as_object(item);
    std::cout << "  task " << text_of(task, "id") << ": " << text_of(task, "summary") << '\n'
              << "    do: " << or_dash(text_of(task, "do")) << '\n'
              << "    undo: " << undo_in(task) << '\n'
              << "    waits for: " << waits_in(task) << '\n';
  }
}

int print_plan(session& session, const json::value& result) {
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  const auto& plan = as_object(result);
  std::cout << text_of(plan, "summary") << '\n';
  for (const auto& lane : array_of(plan, "lanes"))
    print_lane(as_object(lane));
  return exit_code::ok;
}

json::value send(session& session, file_form form) {
  progress bar{progress::chosen(true)};
  form.sent = [&bar](std::uint64_t sent, std::uint64_t total) {
    if (total > 0)
      bar.show_bar("Upload", sent, total);
  };
  return session.post_form("/v2/snaps", form);
}

int plan_install(session& session, const install_options& options, const change_options& change) {
  if (std::ranges::none_of(options.files, names_file)) {
    auto request = store_install(options);
    request["plan"] = true;
    request["snaps"] = json::array(options.files.begin(), options.files.end());
    change.add_to(request);
    return print_plan(session, session.post("/v2/snaps", request));
  }
  auto form = install_form(options);
  form.fields.emplace_back("plan", "true");
  for (const auto& field : change.fields())
    form.fields.push_back(field);
  return print_plan(session, send(session, std::move(form)));
}

int plan_action(session& session, const std::string& action, const plan_options& options) {
  if (options.names.size() > 1 && !options.revision.empty())
    throw usage_error{"cannot use --revision with more than one snap"};
  json::object request{{"action", action}, {"plan", true}};
  if (options.purge)
    request["purge"] = true;
  if (options.force)
    request["force"] = true;
  if (!options.revision.empty())
    request["revision"] = options.revision;
  options.change->add_to(request);
  json::array names;
  for (const auto& name : options.names) {
    check_instance_name(name);
    names.emplace_back(name);
  }
  request["snaps"] = std::move(names);
  return print_plan(session, session.post("/v2/snaps", request));
}

void add_plan_install(CLI::App& plan, session& session) {
  auto* command =
      plan.add_subcommand("install", "What installing snap files would do")->group("Operations");
  command->footer("Example:\n"
                  "  troupe plan install --dangerous ./core22.snap ./hello_1.0_all.snap");
  auto options = add_install_options(*command);
  auto change = add_change_options(*command, true);
  command->callback([&session, options, change] {
    session.action = [&session, options, change] { return plan_install(session, *options, *change); };
  });
}

std::shared_ptr<plan_options> add_plan_action(CLI::App& plan, session& session,
                                              const std::string& action, const std::string& help,
                                              CLI::App*& command) {
  auto options = std::make_shared<plan_options>();
  command = plan.add_subcommand(action, help)->group("Operations");
  command->footer("Example:\n  troupe plan " + action + " hello");
  command->add_option("NAME", options->names, "Installed snaps")->required()->type_name("");
  options->change = add_change_options(*command, true);
  command->callback([&session, action, options] {
    session.action = [&session, action, options] { return plan_action(session, action, *options); };
  });
  return options;
}

} // namespace

void add_plan(CLI::App& app, session& session) {
  auto* plan = app.add_subcommand("plan", "Show what an operation would do, without doing it")
                   ->group(group::snaps)
                   ->require_subcommand(1);
  CLI::App* command = nullptr;
  add_plan_install(*plan, session);
  auto remove = add_plan_action(*plan, session, "remove", "What removing snaps would do", command);
  command->add_option("--revision", remove->revision, "Only this revision, such as x1")
      ->type_name("REV");
  command->add_flag("--purge", remove->purge, "Keep no snapshot of the data");
  add_plan_action(*plan, session, "enable", "What enabling snaps would do", command);
  auto disable = add_plan_action(*plan, session, "disable", "What disabling snaps would do", command);
  command->add_flag("--force", disable->force, "Also a base that other snaps run on");
  plan->footer(
      "Put plan before the command that you have in mind:\n"
      "  $ troupe plan disable hello\n"
      "  Disable \"hello\" snap\n\n"
      "  lane 1: disable hello\n"
      "    task 1: Remove aliases for snap \"hello\"\n"
      "      do: takes the links of the snap's aliases away\n"
      "      undo: makes them again\n"
      "      waits for: nothing\n"
      "    task 2: Make snap \"hello\" (x1) unavailable to the system\n"
      "      do: makes the snap inactive, takes its links and launchers away\n"
      "      undo: makes it active again, unless its data is removed already\n"
      "      waits for: task 1, then admission of the lane\n"
      "    …\n\n"
      "Examples:\n"
      "  troupe plan install --dangerous ./core22.snap ./hello_1.0_all.snap\n"
      "  troupe plan remove hello --json\n\n"
      "What can't be done is refused as the command itself would be. Nothing is changed, no snap is\n"
      "claimed, and the numbers of tasks are only the plan's.");
}

} // namespace troupe::cli
