#pragma once

#include <string>

#include "messages/actors.hpp"

namespace troupe::sim {

/// A fault in why tasks wait, while no message is under way: an unready task without a reason, one that
/// could go on and doesn't, or some that wait for each other. Empty if there is none.
std::string fault_in_waits(const change_list& changes);

} // namespace troupe::sim
