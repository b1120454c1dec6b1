#include <algorithm>
#include <numeric>

#include "runtime/rules/task_graph.hpp"

namespace troupe {
task_status task_graph::aggregate(const status_counts& counts,
                                  const std::vector<position>& tasks) const {
  const auto any = [&](task_status status) { return counts[static_cast<std::size_t>(status)] > 0; };
  const auto moves = any(task_status::doing) || any(task_status::undoing) || any(task_status::abort);
  if (any(task_status::wait) && !moves && all_held_up(tasks))
    return task_status::wait;
  const auto first = std::ranges::find_if(status_order, any);
  return first == status_order.end() ? task_status::hold : *first;
}

// From each task in Wait it spreads to those in Do that wait for one so held up, and to those in Undo
// for which one so held up waited.
bool task_graph::all_held_up(const std::vector<position>& tasks) const {
  enum class state : std::uint8_t { outside, free, held };
  std::vector<state> states(nodes_.size(), state::outside);
  std::vector<position> spreading;
  for (auto at : tasks) {
    states[at] = nodes_[at].status == task_status::wait ? state::held : state::free;
    if (states[at] == state::held)
      spreading.push_back(at);
  }
  while (!spreading.empty()) {
    const auto& n = nodes_[spreading.back()];
    spreading.pop_back();
    const auto hold_up = [&](const std::vector<position>& others, task_status status) {
      for (auto other : others)
        if (nodes_[other].status == status && states[other] == state::free) {
          states[other] = state::held;
          spreading.push_back(other);
        }
    };
    hold_up(n.after, task_status::do_);
    hold_up(n.before, task_status::undo);
  }
  return std::ranges::all_of(tasks, [&](position at) {
    const auto status = nodes_[at].status;
    return states[at] == state::held || (status != task_status::do_ && status != task_status::undo);
  });
}

task_status task_graph::change_status() const {
  if (count(task_status::wait) == 0)
    return aggregate(counts_, {});
  std::vector<position> all(nodes_.size());
  std::iota(all.begin(), all.end(), position{0});
  return aggregate(counts_, all);
}

task_status task_graph::lane_status(lane_number number) const {
  const auto& tasks = at(number).tasks;
  status_counts counts{};
  for (auto task : tasks)
    ++counts[static_cast<std::size_t>(nodes_[task].status)];
  return aggregate(counts, tasks);
}

} // namespace troupe
