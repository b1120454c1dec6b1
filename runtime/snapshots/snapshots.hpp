#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "messages/snapshot.hpp"

/// Snapshots of snaps' data as files. All functions block and may be used from any thread. They throw
/// failure: insufficient_space for a full disk, not_found where there is no such file, bad_request for
/// one that is damaged or not what it should be, internal for other faults and once stopped.
/// The format: docs/reference/snapshots.md.
namespace troupe {

/// What a long piece of work tells while it runs, and what ends it.
struct snapshot_run {
  std::function<void(std::uint64_t)> advance; ///< Bytes of the snap's data that are done.
  std::function<void(const std::string&)> log;
  std::stop_token stop{};
};

/// Where a snap's data is.
struct snap_trees {
  std::filesystem::path revision;
  std::filesystem::path common;
};

/// Which snapshot a file is expected to be.
struct snapshot_key {
  std::uint64_t set = 0;
  std::string snap;
  revision rev{}; ///< Whose data was saved; 0: of any.
};

/// The file of a snapshot: DIRECTORY/SET_NAME_REVISION.snapshot.
std::filesystem::path snapshot_file(const std::filesystem::path& directory, const snapshot_key& key);
std::filesystem::path snapshot_file(const std::filesystem::path& directory, const snapshot_info& info);

/// Saves data at snapshot_file(directory, info), readable by its owner only; it appears there all at
/// once, in place of one that was there, and a missing directory is made. A tree that isn't there has no
/// archive; sockets, devices and what is mounted in a tree are left out, with a line in the log.
/// Returns `info` with its archives.
snapshot_info write_snapshot(const std::filesystem::path& directory, const snapshot_info& info,
                             const snap_trees& data, const snapshot_run& run);

/// What a snapshot says about itself; its archives aren't read.
snapshot_info read_snapshot_info(const std::filesystem::path& file);

/// Reads all of a snapshot. The failure names the archive that is damaged and, where that can be known,
/// the file in it.
void check_snapshot(const std::filesystem::path& file, const snapshot_key& expected,
                    const snapshot_run& run);

/// The snapshots in a directory by set and snap, unreadable ones among them. None if the directory isn't
/// there.
std::vector<stored_snapshot> list_snapshots(const std::filesystem::path& directory);

/// The greatest number of a set, by the names in a directory, readable or not; 0 if there is none. Names
/// whose number no change can have don't count.
std::uint64_t greatest_snapshot_set(const std::filesystem::path& directory);

/// Removes a snapshot and what a killed daemon left of it; one that isn't there is forgotten already.
void forget_snapshot(const std::filesystem::path& file);

} // namespace troupe
