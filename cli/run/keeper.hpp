#pragma once

#include "runtime/host/file_descriptor.hpp"

namespace troupe {

/// Returns in a child. Its parent, the keeper, becomes the parent of all that the child leaves behind,
/// and holds the snap's lock for watches until the last of it has ended. The calling process itself
/// passes signals on to the child, and ends as the child does. `lock`: the snap's file of locks, opened
/// by this process, which holds the one for starts until the keeper's is held.
/// Source: prctl(2), PR_SET_CHILD_SUBREAPER.
void go_on_in_child(host::file_descriptor lock);

} // namespace troupe
