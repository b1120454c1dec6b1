#include "cli/commands/options.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

void add_unset(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto keys = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand("unset", "Unset options")->group(group::options);
  command->add_option("NAME", *name, "\"system\", or an installed snap")->required()->type_name("");
  command->add_option("KEY", *keys, "Such as refresh.timer")->required()->type_name("");
  command->footer("Example:\n"
                  "  troupe unset system refresh.timer refresh.hold\n"
                  "  troupe unset hello server");
  command->callback([&session, name, keys] {
    session.action = [&session, name, keys] {
      json::object values;
      for (const auto& key : *keys)
        values[key] = nullptr;
      return change_options_of(session, *name, values);
    };
  });
}

} // namespace troupe::cli
