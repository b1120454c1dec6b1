#pragma once

#include <string>

#include "cli/commands/session.hpp"

namespace troupe::cli {

/// What the first Ctrl-C during a wait does.
enum class on_interrupt { abort_change, leave };

/// Follows a change until it is ready and returns it; class progress tells how it goes.
/// Throws change_failed where it didn't end in Done, interrupted after the last Ctrl-C, failure where
/// the daemon stays away too long.
json::object follow(session& session, const std::string& change, on_interrupt reaction);

/// What a command does once its change has been accepted: prints the id at once with --no-wait,
/// otherwise follows the change and then calls `done` with it, or prints it with --json.
int finish(session& session, const std::string& change,
           const std::function<void(const json::object&)>& done);

} // namespace troupe::cli
