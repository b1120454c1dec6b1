#include <iostream>

#include "cli/commands/registry.hpp"
#include "cli/commands/snapshot_sets.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_forget(CLI::App& app, session& session) {
  auto* command = app.add_subcommand("forget", "Remove snapshots for good")->group(group::snapshots);
  auto choice = add_set_choice(*command);
  command->footer("Examples:\n"
                  "  troupe forget 7\n"
                  "  troupe forget 7 hello hello_two");
  command->callback([&session, choice] {
    session.action = [&session, choice] {
      return finish(
          session, start_change_on_set(session, "forget", *choice),
          [&choice](const json::object&) { std::cout << words_of(*choice) << " forgotten\n"; });
    };
  });
}

} // namespace troupe::cli
