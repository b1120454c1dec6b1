#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/warnings_seen.hpp"

namespace troupe::cli {

namespace {

int okay(session& session) {
  auto seen = warnings_seen(session);
  if (seen.empty())
    throw failure{"cannot say okay to warnings: none were listed yet, try 'troupe warnings' first"};
  auto count = session.post("/v2/warnings", {{"action", "okay"}, {"timestamp", seen}});
  if (session.json)
    print_json(json::object{{"warnings", count}});
  return exit_code::ok;
}

} // namespace

void add_okay(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("okay", "Say that the warnings listed last were seen")->group(group::look);
  command->footer(
      "Those that came up after the list was shown stay. A warning comes up again a day later, until\n"
      "it is gone 28 days after the daemon last gave it. Examples:\n"
      "  troupe warnings\n"
      "  troupe okay");
  command->callback([&session] { session.action = [&session] { return okay(session); }; });
}

} // namespace troupe::cli
