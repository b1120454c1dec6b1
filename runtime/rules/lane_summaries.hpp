#pragma once

#include <map>
#include <string>

#include "messages/admission.hpp"
#include "messages/change.hpp"

namespace troupe {

/// What the scheduler has to know of one lane of a change: of several operations in it, all that holds
/// for one of them. `formers` are the states of snaps before the change, by instance name; one that
/// wasn't installed may be missing.
lane_summary summarise_lane(const change_record& change, lane_number lane,
                            const std::map<std::string, snap_state_ptr>& formers);

} // namespace troupe
