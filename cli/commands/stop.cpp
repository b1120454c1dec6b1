#include "cli/commands/registry.hpp"
#include "cli/commands/service_change.hpp"

namespace troupe::cli {

void add_stop(CLI::App& app, session& session) {
  add_service_command(app, session,
                      {"stop", "Stopped", "Stop services", "disable",
                       "Don't start them by themselves from now on",
                       "Examples:\n"
                       "  troupe stop hello.web\n"
                       "  troupe stop --disable hello\n\n"
                       "Without --disable they are started again with the daemon and by a refresh."});
}

} // namespace troupe::cli
