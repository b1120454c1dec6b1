#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/changed_snaps.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/refresh_pending.hpp"
#include "cli/commands/refresh_times.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

struct refresh_options {
  std::vector<std::string> names;
  std::string channel;
  std::string revision;
  bool unaliased = false;
  bool only_list = false;
  bool only_times = false;
  bool only_pending = false;
  std::string hold; ///< A length of time or "forever"; empty: no hold is asked for.
  std::string reason;
  bool lifts_hold = false;
  std::shared_ptr<change_options> change;
};

int list_updates(session& session) {
  auto result = session.get("/v2/find?select=refresh");
  if (session.json) {
    print_json(result);
    return exit_code::ok;
  }
  const auto& updates = as_array(result);
  if (updates.empty()) {
    std::cerr << "All snaps are up to date.\n";
    return exit_code::ok;
  }
  table table{{"Name", "Version", "Rev", "Size", "Publisher", "Notes"}};
  for (const auto& item : updates) {
    const auto& snap = as_object(item);
    auto held = text_of(snap, "held");
    auto passed_over = text_of(snap, "passed-over");
    auto note = !passed_over.empty() ? "passed over: " + passed_over : held;
    table.add({text_of(snap, "name"), or_dash(text_of(snap, "version")), text_of(snap, "revision"),
               human_size(number_of(snap, "download-size")),
               or_dash(text_of(object_of(snap, "publisher"), "username")), or_dash(note)});
  }
  table.print(std::cout);
  return exit_code::ok;
}

void check_usage(const refresh_options& options) {
  auto others = int{options.only_list} + int{options.only_times} + int{options.only_pending} +
                int{!options.hold.empty()} + int{options.lifts_hold};
  if (others > 1)
    throw usage_error{"cannot use more than one of --list, --time, --pending, --hold and --unhold"};
  if ((options.only_list || options.only_times) && !options.names.empty())
    throw usage_error{"cannot use --list or --time with names of snaps"};
  if (others > 0 && !(options.channel.empty() && options.revision.empty() && !options.unaliased &&
                      options.change->transaction.empty() && options.change->conflict.empty()))
    throw usage_error{
        "cannot use --channel, --revision, --unaliased, --transaction or --conflict but for a "
        "refresh"};
  if (!options.reason.empty() && options.hold.empty())
    throw usage_error{"cannot use --reason without --hold"};
  if (options.names.size() != 1 && !(options.channel.empty() && options.revision.empty()))
    throw usage_error{"cannot use --channel or --revision but with one snap"};
  if (options.names.empty() && options.unaliased)
    throw usage_error{"cannot use --unaliased without names of snaps"};
}

int refresh(session& session, const refresh_options& options) {
  check_usage(options);
  if (options.only_list)
    return list_updates(session);
  if (options.only_times)
    return print_refresh_times(session);
  if (options.only_pending)
    return print_pending_refreshes(session, options.names);
  if (!options.hold.empty())
    return hold_refreshes(session, options.names, options.hold, options.reason);
  if (options.lifts_hold)
    return lift_holds(session, options.names);
  json::object request{{"action", "refresh"}};
  if (!options.channel.empty())
    request["channel"] = options.channel;
  if (!options.revision.empty())
    request["revision"] = options.revision;
  if (options.unaliased)
    request["unaliased"] = true;
  try {
    auto change = start_change_on(session, options.names, std::move(request), *options.change);
    return finish(session, change, [&session](const json::object& ended) {
      print_notes(ended);
      const auto& data = object_of(ended, "data");
      if (!array_of(data, "snap-names").empty())
        print_snaps_of(session, ended, "refreshed");
      else if (array_of(data, "notes").empty())
        std::cerr << "All snaps are up to date.\n";
    });
  } catch (const api_error& error) {
    if (error.word() != "snap-no-update-available" || options.names.size() > 1)
      throw;
    report(session, error);
    return exit_code::ok;
  }
}

} // namespace

void add_refresh(CLI::App& app, session& session) {
  auto options = std::make_shared<refresh_options>();
  auto* command =
      app.add_subcommand("refresh", "Bring snaps to what their store offers")->group(group::snaps);
  command->add_option("NAME", options->names, "Installed snaps; all unless named")->type_name("");
  command->add_option("--channel", options->channel, "Follow this channel from now on")
      ->type_name("CHANNEL");
  command->add_option("--revision", options->revision, "To this revision, such as 7")->type_name("REV");
  command->add_flag("--unaliased", options->unaliased, "Turn their automatic aliases off");
  command->add_flag("--list", options->only_list, "Only say what a refresh would bring");
  command->add_flag("--time", options->only_times, "Only say when snaps are refreshed by themselves");
  command->add_flag("--pending", options->only_pending,
                    "Only say which refreshes wait for running applications");
  command->add_flag("--hold{forever}", options->hold,
                    "Hold refreshes, for ever or for a length of time: --hold=48h, --hold=2w");
  command->add_option("--reason", options->reason, "Why they are held, for others to see")
      ->type_name("TEXT");
  command->add_flag("--unhold", options->lifts_hold, "Let held snaps be refreshed again");
  options->change = add_change_options(*command, true);
  add_running_apps_options(*command, *options->change);
  command->footer(
      "Examples:\n"
      "  troupe refresh                     # all that have something newer\n"
      "  troupe refresh hello --channel beta\n"
      "  troupe refresh --list\n"
      "  troupe refresh --time              # when it happens by itself; see troupe set\n"
      "  troupe refresh --pending           # what waits for applications to be closed, and for which\n"
      "  troupe refresh --hold=48h --reason 'exam week'\n"
      "  troupe refresh --unhold\n\n"
      "A hold of all snaps keeps them from being refreshed by themselves, one of named snaps also\n"
      "from refreshes of all snaps; a named refresh goes on.\n"
      "A revision that has failed here is passed over by a refresh of all until a newer one is\n"
      "released; a named refresh tries it again. If a step fails, or you press Ctrl-C, the former\n"
      "revision runs again with its data as it was. A snap that came from a file is refreshed by\n"
      "giving its new file to troupe install.");
  command->callback([&session, options] {
    session.action = [&session, options] { return refresh(session, *options); };
  });
}

} // namespace troupe::cli
