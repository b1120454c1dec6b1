#pragma once

#include <string>

namespace troupe::host {

/// A text that nobody can guess: limits::hook_cookie_random_bytes of the kernel's random bytes, in hex.
/// Throws failure where the kernel gives none.
std::string random_cookie();

} // namespace troupe::host
