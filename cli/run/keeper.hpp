#pragma once

#include "runtime/host/file_descriptor.hpp"

namespace troupe {

/// Returns in a child. Its parent, the keeper, becomes the parent of all that the child leaves behind,
/// and holds the marker, with a shared lock on it, until the last of it has ended; the daemon is told of
/// that by the file's closing. The calling process itself passes signals on to the child, and ends as
/// the child does. `held_lock`: the run-control lock, which only the child holds until it executes.
/// Source: prctl(2), PR_SET_CHILD_SUBREAPER.
void go_on_in_child(host::file_descriptor marker, int held_lock);

} // namespace troupe
