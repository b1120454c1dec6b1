#pragma once

#include "runtime/snapshots/snapshots.hpp"

namespace troupe {

/// A directory to restore. Both paths are in one directory that exists.
struct restore_place {
  std::filesystem::path target;
  /// Where the former directory goes; a link of that name says that there was none. Nothing of that name
  /// may be there but by an earlier try of the same restore.
  std::filesystem::path aside;
};

struct restore_places {
  restore_place revision;
  restore_place common;
};

/// Puts a snapshot's data in place of what is there. All of it is unpacked beside the targets, checked
/// and synced before they are touched; a failure leaves the former directories as they were. A target
/// whose archive the snapshot lacks is left alone. After a crash it may be called again, or
/// put_back_former may be. Throws as the functions of snapshots.hpp do.
void restore_snapshot(const std::filesystem::path& file, const snapshot_key& expected,
                      const restore_places& places, const snapshot_run& run);

/// Undoes restore_snapshot, be it done, half done or undone already: the former directories are in their
/// places again.
void put_back_former(const restore_places& places);

/// Removes the former directories; restore_snapshot can't be undone after it.
void drop_former(const restore_places& places);

} // namespace troupe
