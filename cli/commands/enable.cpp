#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_enable(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("enable", "Make a disabled snap runnable again")->group(group::snaps);
  command->add_option("NAME", *name, "An installed snap")->required()->type_name("");
  command->footer("Example:\n"
                  "  troupe enable hello");
  command->callback([&session, name] {
    session.action = [&session, name] {
      auto change = session.start_change(snap_target(*name), {{"action", "enable"}});
      return finish(session, change,
                    [&name](const json::object&) { std::cout << printable(*name) << " enabled\n"; });
    };
  });
}

} // namespace troupe::cli
