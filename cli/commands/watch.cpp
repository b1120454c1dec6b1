#include "cli/commands/change_choice.hpp"
#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

int watch(session& session, const change_choice& choice) {
  auto id = chosen_change(session, choice);
  if (!id) {
    if (session.json)
      print_json(nullptr);
    return exit_code::ok;
  }
  auto change = follow(session, *id, on_interrupt::leave);
  if (session.json)
    print_json(change);
  return exit_code::ok;
}

} // namespace

void add_watch(CLI::App& app, session& session) {
  auto* command =
      app.add_subcommand("watch", "Follow a change until it is ready")->group(group::changes);
  auto choice = add_change_choice(*command);
  command->footer("Examples:\n"
                  "  troupe watch 12\n"
                  "  troupe watch --last=install\n\n"
                  "Ctrl-C stops watching; the change goes on.");
  command->callback(
      [&session, choice] { session.action = [&session, choice] { return watch(session, *choice); }; });
}

} // namespace troupe::cli
