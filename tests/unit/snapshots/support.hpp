#pragma once

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/snapshots/restore.hpp"
#include "runtime/snapshots/snapshots.hpp"
#include "tests/unit/host/temp_dir.hpp"

namespace troupe::testing {

namespace fs = std::filesystem;
using host::testing::put;
using host::testing::temp_dir;
using host::testing::text_of;

/// A snapshot's metadata with a value in each field.
snapshot_info sample_info();

/// What can be seen of a tree and kept by a snapshot, a line for each name in it: type, mode, owner,
/// times, content, attributes, and which names are one file.
std::vector<std::string> look_of(const fs::path& tree);

/// As look_of, without the tree itself, whose time changes when names in it come and go.
std::vector<std::string> look_in(const fs::path& tree);

/// Where a test's files are: in memory syncs cost nothing, but there are fewer kinds of attributes.
enum class disk { real, memory };

/// A snap's data, with few files, below a directory of a test's own.
struct data_fixture {
  explicit data_fixture(disk where = disk::real);

  snapshot_info write() const { return write_snapshot(dir / "snapshots", sample_info(), trees(), {}); }
  fs::path file() const { return snapshot_file(dir / "snapshots", sample_info()); }
  snap_trees trees() const { return {dir / "data/7", dir / "data/common"}; }
  restore_places places() const {
    return {{dir / "data/7", dir / "data/7.former"}, {dir / "data/common", dir / "data/common.former"}};
  }

  temp_dir dir;
};

inline const snapshot_key sample_key{12, "firefox_work"};

inline auto is_of_kind(failure_kind kind) {
  return Catch::Predicate<failure>([kind](const failure& error) { return error.kind() == kind; });
}

/// The text of the failure that something throws; empty where it throws none.
template <class Work>
std::string refusal(Work work) {
  try {
    work();
    return {};
  } catch (const failure& error) {
    return error.what();
  }
}

} // namespace troupe::testing
