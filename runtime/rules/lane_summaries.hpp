#pragma once

#include "messages/admission.hpp"
#include "messages/change.hpp"

namespace troupe {

/// What the scheduler has to know of one lane of a change. `former` is the state of the lane's snap
/// before the change, null where it wasn't installed.
lane_summary summarise_lane(const change_record& change, lane_number lane, const snap_state* former);

} // namespace troupe
