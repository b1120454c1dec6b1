#pragma once

#include "runtime/host/facility.hpp"

namespace troupe {

/// What this machine enforces of profiles, as this user.
struct confinement_facilities {
  host::facility system_calls; ///< "seccomp", or "nothing".
  host::facility files;        ///< "mount namespace", "landlock", or "nothing".
};

confinement_facilities probe_confinement();

} // namespace troupe
