#pragma once

#include <vector>

#include "runtime/host/root_view.hpp"

namespace troupe::host {

/// Keeps this process, and what it executes, from all files but those that a view shows, where they are:
/// paths whose `from` and `to` differ can't be shown and are returned. Programs and libraries are the
/// host's; a directory of which a part can't be changed can't be changed at all. Throws failure where
/// the kernel doesn't allow it.
std::vector<shown_path> keep_to(const root_view& view);

/// Keeps it from tracing all processes but those that it starts, and thereby from their files in /proc,
/// whoever it is. Throws failure.
void leave_processes();

/// Whether the kernel can do the first.
bool has_landlock();

/// Whether it can do the second.
bool can_leave_processes();

} // namespace troupe::host
