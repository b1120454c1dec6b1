#include <algorithm>
#include <iostream>

#include "cli/commands/change_choice.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

struct changes_options {
  std::string snap;
  bool absolute = false;
};

int changes(session& session, const changes_options& options) {
  bool is_number = !options.snap.empty() && std::all_of(options.snap.begin(), options.snap.end(),
                                                        [](char c) { return c >= '0' && c <= '9'; });
  if (is_number)
    throw failure{"'troupe changes' takes a snap's name, try 'troupe tasks " + options.snap + "'"};
  auto found = all_changes(session, options.snap);
  if (session.json) {
    print_json(found);
    return exit_code::ok;
  }
  if (found.empty()) {
    std::cerr << "no changes found\n";
    return exit_code::ok;
  }
  print_changes(found, options.absolute);
  return exit_code::ok;
}

} // namespace

void add_changes(CLI::App& app, session& session) {
  auto options = std::make_shared<changes_options>();
  auto* command = app.add_subcommand("changes", "List changes, ended ones too")->group(group::changes);
  command->add_option("SNAP", options->snap, "Only changes of this snap")->type_name("");
  command->add_flag("--abs-time", options->absolute, "Show times as RFC 3339");
  command->footer("Examples:\n"
                  "  troupe changes\n"
                  "  troupe changes hello");
  command->callback([&session, options] {
    session.action = [&session, options] { return changes(session, *options); };
  });
}

} // namespace troupe::cli
