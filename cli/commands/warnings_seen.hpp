#pragma once

#include <string>

#include "cli/commands/session.hpp"

/// Up to when the user has seen the warnings of a daemon, kept in a file of the user's for each root.
namespace troupe::cli {

/// The time that was remembered, or empty. Throws failure where there is no place for the file, or it
/// can't be read.
std::string warnings_seen(const session& session);

/// Remembers a time for the session's root. Throws failure where it can't be written.
void remember_warnings_seen(const session& session, const std::string& until);

} // namespace troupe::cli
