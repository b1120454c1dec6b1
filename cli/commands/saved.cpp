#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/snapshot_sets.hpp"

namespace troupe::cli {

namespace {

struct saved_options {
  std::string set;
  std::vector<std::string> names;
  bool absolute = false;
};

int saved(session& session, const saved_options& options) {
  auto sets = snapshot_sets(session, options.set, options.names);
  if (session.json)
    print_json(sets);
  else if (sets.empty())
    std::cerr << "No snapshots found.\n";
  else
    print_snapshot_sets(sets, options.absolute);
  return exit_code::ok;
}

} // namespace

void add_saved(CLI::App& app, session& session) {
  auto options = std::make_shared<saved_options>();
  auto* command =
      app.add_subcommand("saved", "List the snapshots that are kept")->group(group::snapshots);
  command->add_option("NAME", options->names, "Only those of these snaps")->type_name("");
  command->add_option("--id", options->set, "Only those of this set")->type_name("ID");
  command->add_flag("--abs-time", options->absolute, "Show times as RFC 3339");
  command->footer("Examples:\n"
                  "  troupe saved\n"
                  "  troupe saved --id 7 hello\n\n"
                  "Those with the note 'auto' were made by a removal, and go after 31 days.");
  command->callback([&session, options] {
    session.action = [&session, options] { return saved(session, *options); };
  });
}

} // namespace troupe::cli
