#pragma once

#include "messages/snap_state.hpp"

namespace troupe {

/// Returns the state that an update makes of this one, its version greater by one. Unlinking what isn't
/// linked changes nothing else. Fails where the update contradicts the state: a revision that isn't
/// there is to be forgotten or made current, the active one is to be forgotten, one without number or
/// metadata is to be linked, or a snap that isn't installed is to be configured or
/// to have a health.
snap_state apply(const snap_state& state, const snap_update& update);

/// Whether lanes that don't own the snap may do that.
bool is_for_guests(const snap_update& update);

} // namespace troupe
