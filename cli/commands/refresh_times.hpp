#pragma once

#include <string>
#include <vector>

#include "cli/commands/session.hpp"

/// What of `troupe refresh` is about when snaps are refreshed by themselves.
namespace troupe::cli {

/// Prints the timer, when it was, when it will be, and who holds it.
int print_refresh_times(session& session);

/// Holds refreshes for a length of time, or "forever", or lifts holds; of all snaps unless some are
/// named.
int hold_refreshes(session& session, const std::vector<std::string>& names, const std::string& length,
                   const std::string& reason);
int lift_holds(session& session, const std::vector<std::string>& names);

} // namespace troupe::cli
