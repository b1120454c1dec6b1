#pragma once

#include <filesystem>

namespace troupe::host {

/// Removes a file or a whole directory tree, durably, and follows no symbolic link. Refuses while
/// something is mounted on or below it. Trees of any depth need few descriptors.
void remove_entry(const std::filesystem::path& tree);

} // namespace troupe::host
