#pragma once

#include <cstdint>
#include <vector>

namespace troupe {

/// Returns the members of one cycle in a graph, ascending, or nothing. `edges[n]` names the nodes that n
/// points to; each must be an index of `edges`. Takes no more stack for a long chain than for a short
/// one.
std::vector<std::uint32_t> find_cycle(const std::vector<std::vector<std::uint32_t>>& edges);

} // namespace troupe
