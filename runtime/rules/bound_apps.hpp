#pragma once

#include <string>
#include <vector>

#include "messages/snap_info.hpp"
#include "runtime/rules/interface_rule.hpp"

namespace troupe {

/// The applications that a plug or slot is for: those that name it, or all where neither an application
/// nor a hook does. Source: snap.yaml, `plugs` and `slots`.
std::vector<std::string> bound_apps(const snap_info& snap, rule_side side, const std::string& name);

/// The same with hooks, as `app.NAME` and `hook.NAME`.
std::vector<std::string> bound_programs(const snap_info& snap, rule_side side, const std::string& name);

} // namespace troupe
