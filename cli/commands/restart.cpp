#include "cli/commands/registry.hpp"
#include "cli/commands/service_change.hpp"

namespace troupe::cli {

void add_restart(CLI::App& app, session& session) {
  add_service_command(
      app, session,
      {"restart", "Restarted", "Restart services", "reload",
       "Let those that can do so read their configuration again instead",
       "Examples:\n"
       "  troupe restart hello\n"
       "  troupe restart --reload hello.web\n\n"
       "Of a snap, those that are active; a service that is named is started if it isn't."});
}

} // namespace troupe::cli
