#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

namespace {

std::string help_on(const CLI::App& app, const std::string& name) {
  // App::help would give the help of this command, since it is the one that has been named.
  if (name.empty())
    return app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
  try {
    return app.get_subcommand(name)->help(app.get_name());
  } catch (const CLI::OptionNotFound&) {
    throw usage_error{"unknown command \"" + name + "\", see 'troupe help'"};
  }
}

} // namespace

void add_help(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("help", "Show all commands, or the help of one")->group(group::other);
  command->add_option("COMMAND", *name, "A command")->type_name("");
  command->callback([&app, &session, name] {
    session.action = [&app, &session, name] {
      auto text = help_on(app, *name);
      if (session.json)
        print_json(json::value(text));
      else
        std::cout << text;
      return exit_code::ok;
    };
  });
}

} // namespace troupe::cli
