#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/rules/task_graph.hpp"

namespace troupe::graph_tests {

inline std::vector<task_id> ids(const std::vector<std::uint64_t>& numbers) {
  std::vector<task_id> result;
  for (auto number : numbers)
    result.push_back(task_id{number});
  return result;
}

inline graph_task task(std::uint64_t id, const std::vector<std::uint64_t>& waits_for = {},
                       std::vector<lane_number> lanes = {}, task_status status = task_status::do_,
                       bool has_undo = true, task_status waited = task_status::done) {
  return {task_id{id}, ids(waits_for), std::move(lanes), has_undo, status, waited};
}

/// The statuses of tasks 1, 2, 3, … in words, for instance `Done Undo Hold`.
inline std::string words(const task_graph& graph) {
  std::string text;
  for (std::uint64_t id = 1; id <= graph.size(); ++id)
    text += (id == 1 ? "" : " ") + to_string(graph.status(task_id{id}));
  return text;
}

/// What is started, in its order, for instance `1 2 1u`.
inline std::string words(const std::vector<task_start>& starts) {
  std::string text;
  for (const auto& s : starts)
    text += (text.empty() ? "" : " ") + to_string(s.id) + (s.undo ? "u" : "");
  return text;
}

/// Runs a graph to its end, one task at a time, and returns what was started. A run named in `failing`
/// fails, every other is fine.
inline std::string run(task_graph& graph, const std::set<std::string>& failing = {}) {
  std::vector<task_start> starts;
  while (const auto next = graph.take_one()) {
    starts.push_back(*next);
    if (failing.contains(words(std::vector{*next})))
      graph.finished_error(next->id);
    else
      graph.finished_ok(next->id);
  }
  return words(starts);
}

} // namespace troupe::graph_tests
