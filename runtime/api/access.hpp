#pragma once

#include <unistd.h>

#include "runtime/api/request.hpp"

namespace troupe {

/// What an endpoint asks of its caller. Source: the snap client's contract, section "Access".
enum class access_level : std::uint8_t {
  open,          ///< Anyone, on the daemon's own socket or the snap client's.
  authenticated, ///< As open, and uid 0 or the owner; else login_required.
  root,          ///< As open, and uid 0 or the owner; else forbidden.
  snap,          ///< Anyone, on snapctl's socket only.
};

/// Whether the peer is root, or the owner: the user whom the daemon runs as.
bool is_trusted(const peer& from, uid_t owner = ::geteuid());

/// Throws failure unless the peer may use an endpoint of that level.
/// The owner is the user whom the daemon runs as: in a private root a daemon may run unprivileged, and
/// whoever started it could change its files anyway.
void check_access(access_level level, const peer& from, uid_t owner = ::geteuid());

} // namespace troupe
