#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace troupe::sim {

struct simulation_options {
  std::uint64_t seed = 1;
  std::size_t steps =
      400; ///< Of the phase with faults; each is a request, an abort, a fault or some messages.
  bool faults = true;
};

/// What a run came to.
struct simulation_report {
  std::uint64_t seed = 0;
  std::string problem;                       ///< The first rule that was broken; empty where none was.
  std::vector<std::string> last_events;      ///< Before the problem; at most 40.
  std::map<std::string, std::uint64_t> hits; ///< How often each fault, transition and end was met.
  std::uint64_t digest = 0;                  ///< Of all that became durable; the same for the same seed.
  std::uint64_t messages = 0;
  std::size_t changes = 0;
  duration simulated{};
};

/// Runs the engine on a simulated host: first requests, aborts, faults and crashes in drawn order, then
/// without faults until nothing moves. The invariants are checked at each commit and at the end.
simulation_report simulate(const simulation_options& options);

} // namespace troupe::sim
