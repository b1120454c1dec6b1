#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "messages/task.hpp"

namespace troupe {

/// Returns, ascending, all nodes that are in cycles with each other; of several such sets the one with
/// the least node; nothing where there is no cycle. `edges[n]` names the nodes that n points to; each
/// must be an index of `edges`. Takes no more stack for a long chain than for a short one.
std::vector<std::uint32_t> find_cycle(const std::vector<std::vector<std::uint32_t>>& edges);

/// The places of a change's tasks so that each comes after all it waits for; where that leaves a choice,
/// as they stand. The tasks must have no cycle.
std::vector<std::size_t> order_of_tasks(const std::vector<task_record>& tasks);

} // namespace troupe
