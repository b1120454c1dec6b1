#pragma once

#include <string>
#include <vector>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// Where the options of a snap, or of the system, are read and set.
std::string options_target(const std::string& name);

/// Sets options, or unsets those that are null, and waits for that.
int change_options_of(session& session, const std::string& name, const json::object& values);

/// The options of the system for a command's help, one a line.
std::string system_options_help();

} // namespace troupe::cli
