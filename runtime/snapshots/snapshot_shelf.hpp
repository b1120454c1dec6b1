#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "runtime/snapshots/restore.hpp"
#include "runtime/snapshots/snapshots.hpp"

namespace troupe {

/// Where a host keeps its snapshots. All functions block, may be called from any thread, and throw and
/// may be repeated as the functions of the same names in snapshots.hpp and restore.hpp.
class snapshot_shelf {
public:
  virtual ~snapshot_shelf() = default;

  virtual snapshot_info save(const snapshot_info& info, const snap_trees& data,
                             const snapshot_run& run) = 0;

  /// What a snapshot says about itself; its archives aren't read.
  virtual snapshot_info read(const snapshot_key& key) = 0;
  virtual void check(const snapshot_key& key, const snapshot_run& run) = 0;
  virtual void restore(const snapshot_key& key, const restore_places& places,
                       const snapshot_run& run) = 0;
  virtual void put_back_former(const restore_places& places) = 0;
  virtual void drop_former(const restore_places& places) = 0;
  virtual std::vector<stored_snapshot> list() = 0;
  virtual std::uint64_t greatest_set() = 0;
  virtual void forget(const snapshot_key& key) = 0;
};

/// Snapshots as files in this directory, which the first one makes.
std::shared_ptr<snapshot_shelf> snapshots_in(const std::filesystem::path& directory);

} // namespace troupe
