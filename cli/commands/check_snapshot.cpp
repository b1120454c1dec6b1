#include <iostream>

#include "cli/commands/registry.hpp"
#include "cli/commands/snapshot_sets.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_check_snapshot(CLI::App& app, session& session) {
  auto* command = app.add_subcommand("check-snapshot", "Look whether snapshots are undamaged")
                      ->group(group::snapshots);
  auto choice = add_set_choice(*command);
  command->footer("Examples:\n"
                  "  troupe check-snapshot 7\n"
                  "  troupe check-snapshot 7 hello\n\n"
                  "All of it is read, and compared with its digests.");
  command->callback([&session, choice] {
    session.action = [&session, choice] {
      return finish(
          session, start_change_on_set(session, "check", *choice),
          [&choice](const json::object&) { std::cout << words_of(*choice) << " is undamaged\n"; });
    };
  });
}

} // namespace troupe::cli
