#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_disable(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto* command = app.add_subcommand("disable", "Keep a snap and its data, but let nothing of it run")
                      ->group(group::snaps);
  command->add_option("NAME", *name, "An installed snap")->required()->type_name("");
  command->footer("Example:\n"
                  "  troupe disable hello");
  command->callback([&session, name] {
    session.action = [&session, name] {
      auto change = session.start_change(snap_target(*name), {{"action", "disable"}});
      return finish(session, change,
                    [&name](const json::object&) { std::cout << printable(*name) << " disabled\n"; });
    };
  });
}

} // namespace troupe::cli
