#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/crash/crash_order.h"
#include "tests/support/program.hpp"

namespace troupe::crash {

/// Sets of crash_kind.
inline constexpr std::uint32_t effects = crash_files | crash_mounts | crash_process;
inline constexpr std::uint32_t all_kinds = effects | crash_journal | crash_answer;

/// One call of a daemon, and what is to happen there.
struct crash_point {
  std::uint32_t kinds = all_kinds;
  std::uint64_t number = 1; ///< Counted among these kinds, from 1.
  crash_action action = crash_kill_before;
  int error = 0; ///< The errno of crash_fail.
};

/// Counts a daemon's calls that write the journal, change the host or answer a client, and lets
/// something happen at one of them.
class crash_points {
public:
  /// Keeps its memory in a file of this directory. Throws std::system_error.
  explicit crash_points(const std::filesystem::path& directory);
  crash_points(const crash_points&) = delete;
  crash_points& operator=(const crash_points&) = delete;
  ~crash_points();

  /// What the daemon finds in its environment. Throws failure where the part that is loaded into the
  /// daemon isn't there.
  test::environment variables() const;

  /// How many such calls daemons have begun so far.
  std::uint64_t calls(std::uint32_t kinds = all_kinds) const;

  /// Counts from now on.
  void arm(const crash_point& point);

  /// Lets nothing happen any more, and returns the function at which the armed point was met; empty: it
  /// wasn't. Where it is just being met, waits until it has been.
  std::string disarm();

private:
  std::string reached() const;

  std::filesystem::path file_;
  bool armed_ = false;
  crash_order* order_ = nullptr;
};

} // namespace troupe::crash
