#include <iostream>

#include "cli/commands/change_options.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_switch(CLI::App& app, session& session) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto channel = std::make_shared<std::string>();
  auto* command = app.add_subcommand("switch", "Follow another channel, without refreshing yet")
                      ->group(group::snaps);
  command->add_option("NAME", *names, "Installed snaps")->required()->type_name("");
  command->add_option("--channel", *channel, "The channel, such as beta or 2.0/stable")
      ->required()
      ->type_name("CHANNEL");
  auto options = add_change_options(*command, true);
  command->footer("Example:\n"
                  "  troupe switch hello --channel beta");
  command->callback([&session, names, channel, options] {
    session.action = [&session, names, channel, options] {
      auto change =
          start_change_on(session, *names, {{"action", "switch"}, {"channel", *channel}}, *options);
      return finish(session, change, [&names, &channel](const json::object&) {
        for (const auto& name : *names)
          std::cout << printable(name) << " follows " << printable(*channel) << '\n';
      });
    };
  });
}

} // namespace troupe::cli
