#pragma once

#include <set>
#include <string>

#include "messages/actors.hpp"

namespace troupe::sim {

/// A fault in why tasks wait, while no message is under way: an unready task without a reason, one that
/// could go on and doesn't, or some that wait for each other. Empty if there is none.
/// `moving`: snaps of which services are starting or stopping, which takes its time.
std::string fault_in_waits(const change_list& changes, const std::set<std::string>& moving);

} // namespace troupe::sim
