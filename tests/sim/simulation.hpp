#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"
#include "tests/sim/coverage.hpp"

namespace troupe::sim {

struct simulation_options {
  std::uint64_t seed = 1;
  /// Of the phase with faults; each is a request, an abort, a crash, some time or some messages.
  std::size_t steps = 400;
  bool faults = true;
  /// The numbers of the steps that are taken, ascending; empty: all. What a step draws depends on its
  /// number and not on the steps before it.
  std::vector<std::size_t> only{};
};

/// What a run came to.
struct simulation_report {
  std::uint64_t seed = 0;
  std::string problem;                  ///< The first rule that was broken; empty where none was.
  std::vector<std::string> last_events; ///< Before the problem; at most 40.
  std::vector<std::size_t> taken;       ///< The steps up to the problem.
  hit_counts hits;                      ///< How often each fault, transition and condition was met.
  std::uint64_t digest = 0;             ///< Of all that became durable; the same for the same seed.
  std::uint64_t messages = 0;
  std::size_t changes = 0;
  duration simulated{};
};

/// Runs the engine on a simulated host: first requests, aborts, faults and crashes in drawn order, then
/// without faults until nothing moves. The invariants are checked at each commit, whenever no message is
/// under way, and at the end.
simulation_report simulate(const simulation_options& options);

} // namespace troupe::sim
