#pragma once

#include <catch2/catch.hpp>

#include <filesystem>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::host::testing {

/// Directories in one another, far deeper than a path may be long.
inline void nest(const std::filesystem::path& top, int levels) {
  int at = open(top.c_str(), O_RDONLY | O_DIRECTORY);
  for (int level = 0; level < levels; ++level) {
    REQUIRE(mkdirat(at, "nested", 0755) == 0);
    const int next = openat(at, "nested", O_RDONLY | O_DIRECTORY);
    close(at);
    at = next;
  }
  close(at);
}

/// Lets the process have few files open at once.
class few_descriptors {
public:
  few_descriptors() {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit few{128, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  }
  few_descriptors(const few_descriptors&) = delete;
  few_descriptors& operator=(const few_descriptors&) = delete;
  ~few_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
};

} // namespace troupe::host::testing
