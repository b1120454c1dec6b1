#pragma once

#include <cstdint>
#include <string>

#include "messages/ids.hpp"
#include "messages/snap_state.hpp"
#include "messages/time.hpp"

namespace troupe {

/// Who owns a snap, and since when.
struct claim_owner {
  change_id change;
  lane_number lane = 0;
  std::string change_kind;
  time_point since;
  std::uint32_t requester_uid = 0;
};

/// A snap actor's answer to a claim: the state that the owner may now change, or who has it.
struct claim_answer {
  bool granted = false;
  claim_owner owner;    ///< The owner after this answer.
  snap_state_ptr state; ///< As it stands; never null.
};

} // namespace troupe
