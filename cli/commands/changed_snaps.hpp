#pragma once

#include <string>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// Prints a line for each snap of a change that is done, such as `hello 1.0 refreshed`.
void print_snaps_of(session& session, const json::object& change, const std::string& done);

/// Prints on standard error what the daemon has noted about a change, such as a snap passed over.
void print_notes(const json::object& change);

} // namespace troupe::cli
