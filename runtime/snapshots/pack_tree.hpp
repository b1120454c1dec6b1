#pragma once

#include <filesystem>
#include <string>

#include "messages/snapshot.hpp"
#include "runtime/snapshots/snapshots.hpp"

namespace troupe::snapshots {

/// Writes a directory as a tar compressed with zstd to where a file stands: its owners, modes, times,
/// extended attributes (access lists among them), symbolic and hard links, and holes. `done` is how many
/// bytes of data were saved before, and grows. Throws failure as write_snapshot does.
snapshot_archive pack_tree(const std::string& name, const std::filesystem::path& tree, int to,
                           std::uint64_t& done, const snapshot_run& run);

} // namespace troupe::snapshots
