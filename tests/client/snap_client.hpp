#pragma once

#include "tests/support/world.hpp"

namespace troupe::test {

/// The unmodified `snap` of Debian's package, unpacked: $TROUPE_SNAP_CLIENT, else where `./dev test`
/// puts it. Throws std::runtime_error with a hint where it isn't there.
std::filesystem::path snap_client();

/// A daemon, and the real client pointed at it.
struct client_world : world {
  /// The environment that makes the client use the root; what it keeps of its own goes to the work
  /// directory.
  environment client_environment() const;

  std::vector<std::string> snap_words(std::vector<std::string> words) const;

  /// Runs `snap` with these arguments in the directory of the test's snaps.
  program_result snap(std::vector<std::string> words) const;
};

/// With one blank for each run of blanks and line ends: the client breaks lines where it likes.
std::string in_one_line(const std::string& text);

} // namespace troupe::test
