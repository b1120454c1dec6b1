#pragma once

#include <string>
#include <vector>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// Prints the refreshes that wait for running applications, of these snaps or of all.
int print_pending_refreshes(session& session, const std::vector<std::string>& names);

} // namespace troupe::cli
