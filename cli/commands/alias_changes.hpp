#pragma once

#include "cli/commands/change_options.hpp"

namespace troupe::cli {

/// Starts a change of aliases, waits for its end and prints what it has added and removed.
int change_aliases(session& session, json::object request, const change_options& options);

} // namespace troupe::cli
