#pragma once

#include <string>
#include <vector>

namespace troupe::crash {

/// A request for one change.
struct wish {
  /// install, revert, remove, enable, disable, save, or restore or forget of the newest snapshots;
  /// start, stop or restart of services, which also enables and disables them; connect or disconnect of
  /// a plug and a slot.
  std::string action;
  std::vector<std::string> snaps; ///< Of a snap_shelf. Several are one change. Or a plug and a slot.
  bool all_or_none = false;       ///< Whether one that fails undoes the others.
  bool amid_apps = false;         ///< An application of each runs until the change waits for it.
};

/// What a daemon is stopped in: some changes, and what has to be done before them.
struct plan {
  std::string name;
  std::string summary;
  std::vector<wish> before;
  std::vector<wish> steps; ///< One after the other.
};

const std::vector<plan>& all_plans();

/// Throws failure where there is none of that name.
const plan& plan_named(const std::string& name);

} // namespace troupe::crash
