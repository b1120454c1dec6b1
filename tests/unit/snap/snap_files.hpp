#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "runtime/snap/child.hpp"

/// What the tests of snaps' files share.
namespace troupe::test {

namespace fs = std::filesystem;

/// A directory that goes with its owner.
class temporary_directory {
public:
  temporary_directory() {
    auto pattern = (fs::temp_directory_path() / "troupe-snap-XXXXXX").native();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error{"cannot make a temporary directory"};
    path_ = pattern;
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& name) const { return path_ / name; }

private:
  fs::path path_;
};

inline void write_file(const fs::path& file, const std::string& text, unsigned mode = 0644) {
  fs::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << text;
  fs::permissions(file, static_cast<fs::perms>(mode));
}

inline std::string read_file(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// Writes an unpacked snap with an application and a hook.
inline void write_snap(const fs::path& directory) {
  write_file(directory / "meta/snap.yaml", "name: hello\n"
                                           "version: 1.0\n"
                                           "summary: Says hello\n"
                                           "apps:\n"
                                           "  hello:\n"
                                           "    command: bin/hello --loud\n");
  write_file(directory / "bin/hello", "#!/bin/sh\necho hello\n", 0755);
  write_file(directory / "meta/hooks/configure", "#!/bin/sh\n", 0755);
}

/// Packs a directory as it is, unchecked.
inline void make_image(const fs::path& directory, const fs::path& image,
                       const std::string& compression = "gzip") {
  auto result = run_child({"mksquashfs", directory, image, "-noappend", "-comp", compression, "-quiet",
                           "-no-progress", "-no-xattrs"},
                          1U << 20);
  if (result.exit_code != 0)
    throw std::runtime_error{"mksquashfs: " + result.errors};
}

} // namespace troupe::test
