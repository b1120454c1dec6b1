#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "messages/change.hpp"

namespace troupe::sim {

/// A lane that has begun critical work and isn't ready, as CONSTRAINTS speaks of it; made up without the
/// engine's own rules. Source: design, "Admission".
struct lane_at_work {
  lane_key key;
  bool relinks_shared = false;
  bool is_system = false;
  std::set<std::string> snaps;
  std::set<std::string> bases;
  std::set<std::string> slots;
  std::set<std::string> interfaces; ///< Of plugs and slots.
};

/// Whether a task of this kind may only run in an admitted lane.
bool is_critical_work(const std::string& kind);

/// All lanes of a change. `formers`: its snaps as it found them.
std::vector<lane_at_work> lanes_of(const change_record& record,
                                   const std::map<std::string, snap_state_ptr>& formers);

bool must_not_meet(const lane_at_work& a, const lane_at_work& b);

} // namespace troupe::sim
