#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/snap_state.hpp"
#include "messages/time.hpp"

namespace troupe {

/// One of the two archives in a snapshot: a revision's data, or what all revisions share.
struct snapshot_archive {
  std::string name;                 ///< revision.tar.zst or common.tar.zst.
  std::uint64_t bytes = 0;          ///< Compressed.
  std::uint64_t unpacked_bytes = 0; ///< As a tar.
  std::uint64_t data_bytes = 0;     ///< Of the files in it, without their holes.
  std::string sha3_384;             ///< Of the compressed archive, 96 hexadecimal digits in lower case.

  bool operator==(const snapshot_archive&) const = default;
};

/// What a snapshot says about itself.
struct snapshot_info {
  std::uint64_t set = 0; ///< Those that one change made have one number; from 1 on.
  time_point time;       ///< When it was made.
  std::string snap;      ///< The instance name.
  std::string snap_id;   ///< Empty for a local file.
  revision rev;
  std::string version;
  std::string summary;
  troupe::epoch epoch;
  std::string config = "{}"; ///< A JSON object.
  snap_flags flags;
  bool is_automatic = false; ///< Made by a removal, and pruned when it is old.
  std::vector<snapshot_archive> archives;

  bool operator==(const snapshot_info&) const = default;
};

/// A snapshot's file as a listing finds it.
struct stored_snapshot {
  std::string file; ///< Its path.
  std::uint64_t file_bytes = 0;
  snapshot_info info; ///< Of an unreadable one, only what its file's name tells: set, snap, revision.
  std::string fault;  ///< Why it can't be read, or empty.

  bool operator==(const stored_snapshot&) const = default;
};

} // namespace troupe
