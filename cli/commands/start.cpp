#include "cli/commands/registry.hpp"
#include "cli/commands/service_change.hpp"

namespace troupe::cli {

void add_start(CLI::App& app, session& session) {
  add_service_command(app, session,
                      {"start", "Started", "Start services", "enable",
                       "Also start them with their snap and the daemon from now on",
                       "Examples:\n"
                       "  troupe start hello\n"
                       "  troupe start --enable hello.web\n\n"
                       "It waits until they are ready. If one isn't, none of them is started."});
}

} // namespace troupe::cli
