#pragma once

#include <string>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// A command that does something to services.
struct service_command_words {
  std::string verb;        ///< start, stop or restart.
  std::string past;        ///< What it says once it is done: "Started".
  std::string description; ///< In the list of commands.
  std::string flag;        ///< enable, disable or reload.
  std::string flag_description;
  std::string footer;
};

void add_service_command(CLI::App& app, session& session, const service_command_words& words);

} // namespace troupe::cli
