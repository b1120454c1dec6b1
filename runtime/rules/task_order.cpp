#include "runtime/rules/task_order.hpp"

#include <algorithm>

namespace troupe {

std::vector<std::uint32_t> find_cycle(const std::vector<std::vector<std::uint32_t>>& edges) {
  enum class state : std::uint8_t { fresh, on_path, left };
  struct step {
    std::uint32_t node;
    std::size_t next_edge;
  };
  std::vector<state> states(edges.size(), state::fresh);
  std::vector<step> path;
  const auto enter = [&](std::uint32_t node) {
    states[node] = state::on_path;
    path.push_back({node, 0});
  };
  for (std::uint32_t root = 0; root < edges.size(); ++root) {
    if (states[root] == state::fresh)
      enter(root);
    while (!path.empty()) {
      auto& [node, next_edge] = path.back();
      if (next_edge == edges[node].size()) {
        states[node] = state::left;
        path.pop_back();
        continue;
      }
      const auto target = edges[node][next_edge++];
      if (states[target] == state::fresh) {
        enter(target);
      } else if (states[target] == state::on_path) {
        const auto first = std::ranges::find(path, target, &step::node);
        std::vector<std::uint32_t> cycle;
        for (auto at = first; at != path.end(); ++at)
          cycle.push_back(at->node);
        std::ranges::sort(cycle);
        return cycle;
      }
    }
  }
  return {};
}

} // namespace troupe
