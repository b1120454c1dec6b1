#pragma once

#include <set>
#include <string>

namespace troupe::host {

/// Whether the kernel knows a capability by this name: `net_admin`.
bool is_capability(const std::string& name);

/// What this process executes has these capabilities at most, and none if it isn't one of root. Throws
/// failure where it may not give up others.
void keep_capabilities(const std::set<std::string>& kept);

} // namespace troupe::host
