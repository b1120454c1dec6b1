#include <iostream>

#include "cli/commands/registry.hpp"
#include "cli/commands/snapshot_sets.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

void add_restore(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("restore", "Put saved data in place of snaps' data")->group(group::snapshots);
  auto choice = add_set_choice(*command);
  command->footer(
      "Examples:\n"
      "  troupe restore 7\n"
      "  troupe restore 7 hello    # `troupe saved` shows what there is\n\n"
      "The snaps have to be installed. All of it is unpacked and checked before the data that\n"
      "is there is touched; if anything fails, that stays.");
  command->callback([&session, choice] {
    session.action = [&session, choice] {
      return finish(session, start_change_on_set(session, "restore", *choice),
                    [&choice](const json::object&) { std::cout << words_of(*choice) << " restored\n"; });
    };
  });
}

} // namespace troupe::cli
