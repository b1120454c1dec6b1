#include "cli/commands/change_choice.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

namespace {

int abort_change(session& session, const change_choice& choice) {
  auto id = chosen_change(session, choice);
  json::value result;
  if (id)
    result = session.post("/v2/changes/" + percent_encode(*id), {{"action", "abort"}});
  if (session.json)
    print_json(result);
  return exit_code::ok;
}

} // namespace

void add_abort(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("abort", "Stop a change and undo what it has done")->group(group::changes);
  auto choice = add_change_choice(*command);
  command->footer("Examples:\n"
                  "  troupe abort 12\n"
                  "  troupe abort 12 && troupe watch 12");
  command->callback([&session, choice] {
    session.action = [&session, choice] { return abort_change(session, *choice); };
  });
}

} // namespace troupe::cli
