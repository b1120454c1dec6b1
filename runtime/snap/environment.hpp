#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/snap_state.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe {

using environment_map = std::map<std::string, std::string>;

/// The SNAP* variables that every process of a revision gets, hooks included.
environment_map snap_environment(const layout& places, const snap_info& info,
                                 const std::string& instance_name, revision rev);

/// The whole environment of a process that acts for a user: what it inherits, the variables of
/// snap_environment, SNAP_REAL_HOME, SNAP_USER_DATA and SNAP_USER_COMMON, HOME (SNAP_USER_DATA, but left
/// alone for a classic snap), then what the snap declares and what its application or hook declares.
/// Without an inherited HOME there are no user directories.
environment_map user_environment(const layout& places, const snap_info& info,
                                 const std::string& instance_name, revision rev,
                                 const environment_map& own, const environment_map& inherited);

/// Adds declared variables to an environment, with $NAME and ${NAME} replaced in them, unknown ones by
/// nothing. A variable may use others declared with it; one that uses itself gets its former value.
void extend_environment(environment_map& environment, const environment_map& declared);

/// The same for a program that the launcher starts: under names with a "+" in front, so that they do
/// nothing to the launcher itself, which isn't confined yet. Those of this runtime, TROUPE_…, can't be
/// declared.
void extend_handed_on(environment_map& environment, const std::vector<const environment_map*>& declared);

/// Sets a variable for both, whatever has been declared.
void set_for_all(environment_map& environment, const std::string& name, const std::string& value);

/// What the program gets that the launcher starts with this environment.
environment_map handed_on(const environment_map& environment);

} // namespace troupe
