#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/rules/interface_policy.hpp"

namespace troupe {

/// A plug and a slot that could be connected, and what is known of that.
struct connection_candidate {
  std::size_t plug = 0; ///< Its place among the plugs asked about.
  std::size_t slot = 0;
  bool is_connected = false;    ///< Already; counts, and isn't made again.
  bool is_disconnected = false; ///< By hand; counts, and isn't made.
};

/// What comes of a candidate.
struct auto_connection {
  std::size_t plug = 0;
  std::size_t slot = 0;
  bool is_made = false;
  std::string why_not; ///< Empty where it is made.
  policy_verdict verdict;
};

/// Which of the candidates are connected: all of a plug's whose rules allow it, if there are as many as
/// these allow; and of a slot's likewise. Where the rules of a plug's candidates, or of a slot's, want
/// different numbers that is ambiguous, and none is.
/// Source: the seed on greedy plugs; reference "Interfaces", auto-connect.
std::vector<auto_connection> auto_connections(const std::vector<policy_end>& plugs,
                                              const std::vector<policy_end>& slots,
                                              const std::vector<connection_candidate>& candidates,
                                              const declaration& base, const policy_system& system);

/// All pairs of a plug and a slot of one interface, none of them connected.
std::vector<connection_candidate> candidates_among(const std::vector<policy_end>& plugs,
                                                   const std::vector<policy_end>& slots);

} // namespace troupe
