#pragma once

#include <functional>
#include <vector>

#include <sys/types.h>

namespace troupe::host {

/// Kills what `members` finds until it finds nothing, at most for limits::process_stop_grace; calls
/// `after_kill` after each round. Returns whether nothing is left.
bool kill_members(const std::function<std::vector<pid_t>()>& members,
                  const std::function<void()>& after_kill);

} // namespace troupe::host
