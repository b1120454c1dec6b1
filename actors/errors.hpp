#pragma once

#include <caf/error.hpp>

#include "messages/failure.hpp"

namespace troupe {

/// A failure as actors send it.
caf::error to_error(const failure& what);

/// What becomes of a reply that is still owed when its actor ends.
caf::error stopping_error();

/// The failure in an error; an error of CAF's own becomes an internal one.
failure to_failure(const caf::error& what);

/// Whether nothing has failed but the daemon is stopping: the receiver has gone, or has dropped the
/// reply it owed.
bool is_stopping(const caf::error& what);

} // namespace troupe
