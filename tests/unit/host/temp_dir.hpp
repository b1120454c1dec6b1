#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "runtime/host/mount_points.hpp"
#include "runtime/host/remove_entry.hpp"

namespace troupe::host::testing {

namespace fs = std::filesystem;

/// A directory of a test's own that goes with it, along with what is mounted in it.
class temp_dir {
public:
  temp_dir() {
    std::string name = (fs::temp_directory_path() / "troupe-host-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw std::system_error{errno, std::generic_category(), name};
    path_ = name;
  }
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;
  ~temp_dir() {
    try {
      for (const std::string& point : mounts_below(path_))
        umount2(point.c_str(), MNT_DETACH);
      remove_entry(path_);
    } catch (const std::exception&) {
      // A destructor can't tell; the test's own checks have.
    }
  }

  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& name) const { return path_ / name; }

private:
  fs::path path_;
};

inline struct stat status_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(lstat(file.c_str(), &status) == 0);
  return status;
}

inline void put(const fs::path& file, const std::string& text) { std::ofstream{file} << text; }

inline std::string text_of(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Everything below a directory but the directory itself.
inline std::size_t entries_below(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::recursive_directory_iterator{directory}, fs::recursive_directory_iterator{}));
}

} // namespace troupe::host::testing

/// Skips the rest of a test that can't work without root's powers.
#define NEEDS_ROOT()                                                                                    \
  do {                                                                                                  \
    if (geteuid() != 0) {                                                                               \
      WARN("skipped: needs root");                                                                      \
      SUCCEED();                                                                                        \
      return;                                                                                           \
    }                                                                                                   \
  } while (false)
