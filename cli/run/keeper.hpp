#pragma once

#include <filesystem>

#include "runtime/host/file_descriptor.hpp"

namespace troupe {

/// What says that an application runs.
struct kept_marker {
  host::file_descriptor descriptor; ///< With a shared lock on it.
  std::filesystem::path file;
  std::filesystem::path lock; ///< The snap's run-control lock,
  int held_lock;              ///< and the descriptor by which it is held until the child executes.
};

/// Returns in a child. Its parent, the keeper, becomes the parent of all that the child leaves behind,
/// and holds the marker until the last of it has ended; then it removes that, unless another launcher
/// holds it. The calling process itself passes signals on to the child, and ends as the child does.
/// Source: prctl(2), PR_SET_CHILD_SUBREAPER.
void go_on_in_child(kept_marker marker);

} // namespace troupe
