#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"

namespace troupe::cli {

namespace {

int aliases(session& session, const std::string& name) {
  if (!name.empty())
    session.get(snap_target(name)); // Refuses what isn't installed.
  auto result = session.get("/v2/aliases");
  json::object chosen;
  for (const auto& item : as_object(result))
    if (name.empty() || item.key() == name)
      chosen[item.key()] = item.value();
  if (session.json) {
    print_json(chosen);
    return exit_code::ok;
  }
  if (chosen.empty()) {
    std::cerr << "No aliases found.\n";
    return exit_code::ok;
  }
  table table{{"Command", "Alias", "Notes"}};
  for (const auto& of_snap : chosen)
    for (const auto& item : as_object(of_snap.value())) {
      const auto& alias = as_object(item.value());
      auto status = text_of(alias, "status");
      table.add({text_of(alias, "command"), printable(std::string{item.key()}),
                 status == "auto" ? "-" : status});
    }
  table.print(std::cout);
  return exit_code::ok;
}

} // namespace

void add_aliases(CLI::App& app, session& session) {
  auto name = std::make_shared<std::string>();
  auto* command =
      app.add_subcommand("aliases", "List the other names of applications")->group(group::names);
  command->add_option("SNAP", *name, "Only those of this snap")->type_name("");
  command->footer(
      "Examples:\n"
      "  troupe aliases\n"
      "  troupe aliases hello --json\n\n"
      "Those without a note come from the snap's publisher, those with 'manual' from\n"
      "`troupe alias`. Disabled ones are turned off, or the revision has no such application.");
  command->callback(
      [&session, name] { session.action = [&session, name] { return aliases(session, *name); }; });
}

} // namespace troupe::cli
