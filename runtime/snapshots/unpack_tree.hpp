#pragma once

#include <cstdint>
#include <filesystem>

#include "runtime/snapshots/archive_input.hpp"
#include "runtime/snapshots/snapshots.hpp"

namespace troupe::snapshots {

/// Makes the directory `fresh` of an archive, synced, with all that belongs to it. `done` is how many
/// bytes of data were restored before, and grows. Throws fault or failure; what was made by then stays.
void unpack_tree(archive_input& from, const std::filesystem::path& fresh, std::uint64_t& done,
                 const snapshot_run& run);

} // namespace troupe::snapshots
