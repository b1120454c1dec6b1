#include <algorithm>
#include <string>
#include <utility>

#include "runtime/rules/task_graph.hpp"

namespace troupe {

void task_graph::abort_change() {
  for (position at = 0; at < nodes_.size(); ++at)
    if (!is_past_return(nodes_[at]))
      take_back(at);
}

// What is done in an operation of which something has failed stands before an undo that failed, or
// can't be undone: all else was undone when it failed.
void task_graph::take_back(position task) {
  const auto& n = nodes_[task];
  if (n.status != task_status::done || n.operation < 0 || errors_.at(n.operation) == 0)
    happen(task, task_event::abort);
}

bool task_graph::is_past_return() const {
  return !is_ready() && std::ranges::all_of(nodes_, [this](const node& n) {
    return troupe::is_ready(n.status) || is_past_return(n);
  });
}

void task_graph::abort_lanes(const std::vector<lane_number>& numbers) {
  std::vector<position> lanes;
  for (auto number : numbers) {
    const auto found = lane_index_.find(number);
    if (found == lane_index_.end())
      throw failure{failure_kind::not_found,
                    "cannot abort lane " + std::to_string(number) + ": it isn't in the change"};
    lanes.push_back(found->second);
  }
  abort(lanes);
}

void task_graph::abort_unready_lanes() {
  std::vector<position> lanes;
  for (position at = 0; at < lanes_.size(); ++at)
    if (lanes_[at].unready > 0)
      lanes.push_back(at);
  abort(lanes);
}

void task_graph::abort(const std::vector<position>& lanes) {
  // Many failures in one lane would each look at all that the first has taken along already. Lanes that
  // were given up in different aborts may still have kept each other's tasks.
  if (std::ranges::all_of(lanes, [&](position at) {
        return lanes_[at].given_up == era_ && lanes_[at].mark == lanes_[lanes.front()].mark;
      }))
    return;
  ++walk_;
  std::vector<position> lanes_to_see;
  std::vector<position> given_up;
  std::vector<position> tasks_to_see;
  std::vector<position> taken;
  const auto give_up = [&](position at) {
    if (std::exchange(lanes_[at].mark, walk_) != walk_) {
      lanes_to_see.push_back(at);
      given_up.push_back(at);
    }
  };
  const auto take = [&](position at) {
    if (std::exchange(nodes_[at].mark, walk_) != walk_) {
      tasks_to_see.push_back(at);
      taken.push_back(at);
    }
  };
  const auto is_kept = [&](position at) {
    return std::ranges::any_of(nodes_[at].lanes, [&](position place) {
      return lanes_[place].mark != walk_ && lanes_[place].dead == 0;
    });
  };
  for (auto at : lanes)
    give_up(at);
  // Statuses stay as they stood until all is collected: they decide which lanes are live. A task that
  // a live lane keeps is looked at again when that lane is given up, for it is one of its tasks.
  while (!tasks_to_see.empty() || !lanes_to_see.empty()) {
    if (tasks_to_see.empty()) {
      const auto at = lanes_to_see.back();
      lanes_to_see.pop_back();
      for (auto task : lanes_[at].tasks)
        if (!is_kept(task))
          take(task);
      continue;
    }
    const auto at = tasks_to_see.back();
    tasks_to_see.pop_back();
    for (auto after : nodes_[at].after)
      take(after);
    for (auto place : nodes_[at].lanes)
      give_up(place);
  }
  std::ranges::sort(taken);
  for (auto at : taken)
    if (!is_past_return(nodes_[at]))
      take_back(at);
  for (auto at : given_up)
    lanes_[at].given_up = era_;
}

} // namespace troupe
