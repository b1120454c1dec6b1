#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_enable(CLI::App& app, session& session) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto* command =
      app.add_subcommand("enable", "Make disabled snaps runnable again")->group(group::snaps);
  command->add_option("NAME", *names, "Installed snaps")->required()->type_name("");
  auto options = add_change_options(*command, true);
  command->footer("Example:\n"
                  "  troupe enable hello");
  command->callback([&session, names, options] {
    session.action = [&session, names, options] {
      auto change = start_change_on(session, *names, {{"action", "enable"}}, *options);
      return finish(session, change, [&names](const json::object&) {
        for (const auto& name : *names)
          std::cout << printable(name) << " enabled\n";
      });
    };
  });
}

} // namespace troupe::cli
