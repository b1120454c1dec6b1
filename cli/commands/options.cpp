#include "cli/commands/options.hpp"

#include "cli/commands/wait.hpp"
#include "runtime/rules/system_options.hpp"

namespace troupe::cli {

std::string options_target(const std::string& name) { return snap_target(name) + "/conf"; }

int change_options_of(session& session, const std::string& name, const json::object& values) {
  return finish(session, session.start_change_by_put(options_target(name), values),
                [](const json::object&) {});
}

std::string system_options_help() {
  std::string text = "Options of the system:\n";
  for (const auto& option : known_system_options())
    text += "  " + std::string{option.name} + "  " + std::string{option.says} +
            " (default: " + std::string{option.fallback} + ")\n";
  return text;
}

} // namespace troupe::cli
