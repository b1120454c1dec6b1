#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_disable(CLI::App& app, session& session) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto force = std::make_shared<bool>(false);
  auto* command = app.add_subcommand("disable", "Keep snaps and their data, but let nothing of them run")
                      ->group(group::snaps);
  command->add_option("NAME", *names, "Installed snaps")->required()->type_name("");
  command->add_flag("--force", *force, "Also a base that other snaps run on; those stop working");
  auto options = add_change_options(*command, true);
  command->footer("Examples:\n"
                  "  troupe disable hello\n"
                  "  troupe disable core22 --force");
  command->callback([&session, names, force, options] {
    session.action = [&session, names, force, options] {
      json::object request{{"action", "disable"}};
      if (*force)
        request["force"] = true;
      auto change = start_change_on(session, *names, std::move(request), *options);
      return finish(session, change, [&names](const json::object&) {
        for (const auto& name : *names)
          std::cout << printable(name) << " disabled\n";
      });
    };
  });
}

} // namespace troupe::cli
