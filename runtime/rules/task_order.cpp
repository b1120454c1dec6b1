#include "runtime/rules/task_order.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

namespace troupe {

std::vector<std::uint32_t> find_cycle(const std::vector<std::vector<std::uint32_t>>& edges) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph{edges.size()};
  for (std::uint32_t node = 0; node < edges.size(); ++node)
    for (auto target : edges[node])
      boost::add_edge(node, target, graph);
  std::vector<std::uint32_t> component(edges.size());
  const auto count = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  std::vector<std::size_t> sizes(count);
  for (auto number : component)
    ++sizes[number];
  std::vector<std::uint32_t> members;
  for (std::uint32_t node = 0; node < edges.size(); ++node) {
    const auto in_cycle =
        sizes[component[node]] > 1 || std::ranges::find(edges[node], node) != edges[node].end();
    if (in_cycle && (members.empty() || component[node] == component[members.front()]))
      members.push_back(node);
  }
  return members;
}

} // namespace troupe
