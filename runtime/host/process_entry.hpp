#pragma once

#include <map>
#include <string>

#include <sys/types.h>

/// What /proc says about a process that may end at any moment.
namespace troupe::host {

/// The variables of a process's environment; none if it is gone, another user's, or amid an exec.
std::map<std::string, std::string> environment_of(pid_t process);

/// Whether the environment of a process has this variable with this value.
bool has_variable(pid_t process, const std::string& name, const std::string& value);

/// Its program's name, at most 15 bytes; empty if it is gone.
std::string command_of(pid_t process);

/// The name of the user that it belongs to, or its number; empty if it is gone.
std::string user_of(pid_t process);

} // namespace troupe::host
