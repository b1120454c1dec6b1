#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/crash/crash_plan.h"
#include "tests/support/program.hpp"

namespace troupe::test {

/// Where a daemon is to be killed: counted in its calls that change the host, write the journal or
/// answer a client.
class crash_points {
public:
  /// Keeps its memory in a file of this directory. Throws std::system_error.
  explicit crash_points(const std::filesystem::path& directory);
  crash_points(const crash_points&) = delete;
  crash_points& operator=(const crash_points&) = delete;
  ~crash_points();

  /// What the daemon finds in its environment.
  environment variables() const;

  /// How many such calls daemons have begun so far.
  std::uint64_t calls() const;

  /// The daemon dies at its calls_from_now-th call, from 1, before that has any effect.
  void arm(std::uint64_t calls_from_now);
  void disarm();

  /// The function at which the armed point was reached; empty while it wasn't.
  std::string reached() const;

private:
  std::filesystem::path file_;
  crash_plan* plan_ = nullptr;
};

} // namespace troupe::test
