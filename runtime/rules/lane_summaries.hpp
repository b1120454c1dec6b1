#pragma once

#include <cstdint>
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

/// Adds what a lane may have to do with as things stand: the snaps that its own are connected to, and
/// the bases of those that they could be connected to, whose hooks it may run.
void add_possible_peers(lane_summary& summary, const std::map<std::string, snap_state_ptr>& installed);

/// How far a lane was when the daemon stopped. A critical task's start is durable only once its lane is
/// in.
enum class lane_progress : std::uint8_t {
  pending,     ///< Outside: no critical task of it had begun, or it had left and none is undone yet.
  perhaps,     ///< Its last task was cut short and is undone, or it had left: nobody waits for others.
  in_progress, ///< A critical task of it had begun.
};

/// What the journal says of a lane's progress.
lane_progress progress_of(const change_record& change, lane_number lane);

/// Whether the lane has done critical work, so that undoing it takes an admission.
bool was_ever_in(const change_record& change, lane_number lane);

} // namespace troupe
