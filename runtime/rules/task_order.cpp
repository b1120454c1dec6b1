#include "runtime/rules/task_order.hpp"

#include <algorithm>
#include <unordered_map>

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

std::vector<std::size_t> order_of_tasks(const std::vector<task_record>& tasks) {
  std::unordered_map<task_id, std::size_t> places;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    places.emplace(tasks[i].id, i);
  std::vector<std::size_t> result;
  std::vector<std::size_t> looked_at(tasks.size()); // how many of those it waits for
  std::vector<bool> is_placed(tasks.size());
  for (std::size_t next = 0; next < tasks.size(); ++next) {
    std::vector<std::size_t> open{next};
    while (!open.empty()) {
      const auto at = open.back();
      const auto& before = tasks[at].waits_for;
      if (is_placed[at]) {
        open.pop_back();
      } else if (looked_at[at] < before.size()) {
        const auto found = places.find(before[looked_at[at]++]);
        if (found != places.end() && !is_placed[found->second])
          open.push_back(found->second);
      } else {
        is_placed[at] = true;
        result.push_back(at);
        open.pop_back();
      }
    }
  }
  return result;
}

} // namespace troupe
