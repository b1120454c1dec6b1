#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace troupe::test {

/// A directory of a test's own under /tmp, with a root for a daemon in it. When it goes, all that is
/// mounted below it is unmounted and the tree is removed.
class temporary_root {
public:
  /// Throws std::runtime_error.
  temporary_root();
  temporary_root(const temporary_root&) = delete;
  temporary_root& operator=(const temporary_root&) = delete;
  ~temporary_root();

  /// For files that are no part of the root: snaps, logs, homes.
  const std::filesystem::path& work() const { return work_; }

  /// An empty directory in it.
  std::filesystem::path root() const { return work_ / "root"; }

private:
  std::filesystem::path work_;
};

/// The mount points on and below a directory, the innermost first.
std::vector<std::string> mounts_below(const std::filesystem::path& directory);

/// What a daemon leaves behind in its root once no snap is installed, one line each: files in snap,
/// var/snap, the images and the spool, mounts, and processes of hooks and
/// services. Empty: nothing is left.
std::vector<std::string> leftovers(const std::filesystem::path& root);

/// As leftovers, but gives what is removed in the background time to go.
std::vector<std::string> lasting_leftovers(const std::filesystem::path& root);

/// The processes whose environment holds this variable with this value.
std::vector<int> processes_with(const std::string& variable, const std::string& value);

/// Waits for what another process brings about; false if it takes absurdly long.
bool eventually(const std::function<bool()>& condition);

} // namespace troupe::test
