#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/load/end_state.hpp"
#include "cli/load/recorder.hpp"

namespace troupe::load {

struct load_options {
  std::filesystem::path socket;
  std::size_t clients = 8;
  double per_second = 0; ///< 0: as fast as the clients go.
  std::chrono::duration<double> length{60};
  std::uint64_t operations = 0; ///< 0: until the length is over.
  std::size_t snaps = 20;       ///< Beside the base.
  std::uint64_t seed = 1;
};

struct load_result {
  load_options options;
  std::filesystem::path root; ///< The daemon's.
  pid_t daemon_pid = 0;       ///< 0: it can't be told.
  double seconds = 0;         ///< From the first operation to the end of the last.
  bool interrupted = false;
  std::uint64_t never_begun = 0; ///< With a rate: due, but all clients were busy until the end.
  std::uint64_t changes = 0;     ///< Accepted.
  records all;
  std::optional<process_numbers> before; ///< The daemon at rest; none where /proc doesn't tell.
  std::optional<process_numbers> after;
  std::vector<invariant> invariants;

  bool held() const;
};

/// Loads a running daemon. Removes snaps that an earlier load left, packs its own, and removes all of
/// them at the end, also after SIGINT or SIGTERM: the first ends the load in order, the second waits for
/// no change any more. Progress goes to stderr if that is a terminal. Throws failure where the daemon
/// can't be loaded.
load_result run_load(const load_options& options);

} // namespace troupe::load
