#pragma once

#include <string>
#include <vector>

#include "runtime/confinement/program_view.hpp"

namespace troupe {

/// Holds this process, and what it executes, to what its snap's profile lets it do. For a process with
/// one thread, as the last thing before it executes the program. Returns in words what this machine
/// doesn't enforce. Throws failure where the profile is missing or makes no sense, or it went wrong
/// half-way.
std::vector<std::string> confine(const layout& paths, const started_program& program);

} // namespace troupe
