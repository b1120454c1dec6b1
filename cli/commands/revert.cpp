#include "cli/commands/change_options.hpp"
#include "cli/commands/changed_snaps.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_revert(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto revision = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("revert", "Go back to a former revision of a snap")->group(group::snaps);
  command->add_option("NAME", *name, "An installed snap")->required()->type_name("");
  command->add_option("--revision", *revision, "To this installed revision, not the former one")
      ->type_name("REV");
  auto options = add_change_options(*command, false);
  add_running_apps_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  troupe revert hello\n"
      "  troupe revert hello --revision x1    # `troupe list --all hello` shows which there are\n\n"
      "The revision comes back with its data and its configuration. What was reverted from is\n"
      "passed over by refreshes of all snaps; a named refresh may go there again.");
  command->callback([&session, name, revision, options] {
    session.action = [&session, name, revision, options] {
      json::object request{{"action", "revert"}};
      if (!revision->empty())
        request["revision"] = *revision;
      auto change = start_change_on(session, {*name}, std::move(request), *options);
      return finish(session, change, [&session](const json::object& ended) {
        print_snaps_of(session, ended, "reverted");
      });
    };
  });
}

} // namespace troupe::cli
