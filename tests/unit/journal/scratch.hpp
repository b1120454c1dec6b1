#pragma once

#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace troupe::testing {

/// A directory that is gone at the end of the test.
class scratch_directory {
public:
  scratch_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "troupe-journal-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error{"cannot make a directory for the test"};
    path_ = pattern;
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// A small file system in memory, for the time of the test. Needs root.
class small_disk {
public:
  small_disk(std::filesystem::path where, const std::string& size) : where_{std::move(where)} {
    std::filesystem::create_directories(where_);
    if (mount("tmpfs", where_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0)
      throw std::runtime_error{"cannot mount a small disk for the test"};
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() { umount2(where_.c_str(), MNT_DETACH); }

private:
  std::filesystem::path where_;
};

/// Takes root's rights away, under which every directory can be written.
class without_root {
public:
  without_root() {
    if (was_root_ && seteuid(65534) != 0)
      throw std::runtime_error{"cannot give up root for the test"};
  }
  without_root(const without_root&) = delete;
  without_root& operator=(const without_root&) = delete;
  ~without_root() {
    if (was_root_ && seteuid(0) != 0)
      std::abort();
  }

private:
  bool was_root_ = geteuid() == 0;
};

} // namespace troupe::testing
