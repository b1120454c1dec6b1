#pragma once

#include <cstdint>
#include <vector>

namespace troupe {

/// Returns, ascending, all nodes that are in cycles with each other; of several such sets the one with
/// the least node; nothing where there is no cycle. `edges[n]` names the nodes that n points to; each
/// must be an index of `edges`. Takes no more stack for a long chain than for a short one.
std::vector<std::uint32_t> find_cycle(const std::vector<std::vector<std::uint32_t>>& edges);

} // namespace troupe
