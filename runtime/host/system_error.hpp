#pragma once

#include <string>

#include "messages/failure.hpp"

namespace troupe::host {

/// The failure `WHAT: reason` for an errno value; insufficient_space for a full disk or quota, else
/// internal.
failure system_failure(const std::string& what, int error);

/// Throws the failure for the present errno.
[[noreturn]] void throw_errno(const std::string& what);

} // namespace troupe::host
