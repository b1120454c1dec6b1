#include <algorithm>
#include <set>

#include "runtime/rules/task_graph.hpp"

namespace troupe {

std::vector<task_start> task_graph::resume_after_restart() {
  std::vector<start> interrupted;
  for (position at = 0; at < nodes_.size(); ++at) {
    auto& n = nodes_[at];
    if (n.status == task_status::undoing && !n.has_undo) {
      n.to_rerun = true;
      candidates_.push(at);
    } else if (n.status == task_status::doing || n.status == task_status::undoing)
      interrupted.push_back({n.id, n.status == task_status::undoing});
    else if (n.status == task_status::abort)
      happen(at, task_event::not_running);
  }
  return interrupted;
}

std::vector<task_start> task_graph::take_eligible() {
  std::vector<start> starts;
  while (const auto next = take_one())
    starts.push_back(*next);
  std::ranges::sort(starts, {}, [this](const start& s) { return find(s.id); });
  return starts;
}

std::optional<task_start> task_graph::take_one(std::optional<task_id> before) {
  const auto end = before ? find(*before) : static_cast<position>(nodes_.size());
  while (!candidates_.empty() && candidates_.top() < end) {
    const auto at = candidates_.top();
    candidates_.pop();
    auto& n = nodes_[at];
    if (!is_eligible(n))
      continue;
    n.to_rerun = false;
    happen(at, task_event::pick);
    if (n.status == task_status::undoing && !n.has_undo)
      assign(at, task_status::done);
    if (n.status != task_status::done)
      return start{n.id, n.status == task_status::undoing};
  }
  return std::nullopt;
}

void task_graph::finished_ok(task_id id) { happen(find(id), task_event::ok); }

void task_graph::finished_error(task_id id) {
  const auto at = find(id);
  const auto& n = nodes_[at];
  if (!next_status(n.status, task_event::error, n.has_undo, n.waited))
    return;
  const auto was_undone = n.status == task_status::undoing;
  abort(n.lanes);
  assign(at, task_status::error);
  if (is_past_return(n)) {
    hold_what_waits_for(at);
    undo_what_can_go_back(n);
  }
  if (!was_undone || n.operation < 0)
    return;
  for (auto place : n.lanes)
    for (auto other : lanes_[place].tasks)
      if (nodes_[other].operation == n.operation && nodes_[other].status == task_status::undo)
        assign(other, task_status::done);
}

void task_graph::hold_what_waits_for(position failed) {
  std::vector<position> waiting{failed};
  while (!waiting.empty()) {
    const auto at = waiting.back();
    waiting.pop_back();
    for (auto after : nodes_[at].after)
      if (nodes_[after].status == task_status::do_) {
        assign(after, task_status::hold);
        waiting.push_back(after);
      }
  }
}

void task_graph::undo_what_can_go_back(const node& failed) {
  for (auto place : failed.lanes) {
    const auto& tasks = lanes_[place].tasks;
    std::set<std::int32_t> lost{-1};
    for (auto at : tasks)
      if (has_begun_for_good(nodes_[at]))
        lost.insert(nodes_[at].operation);
    for (auto at : tasks)
      if (!lost.contains(nodes_[at].operation))
        take_back(at);
  }
}

void task_graph::finished_retry(task_id id) { happen(find(id), task_event::retry); }

void task_graph::finished_wait(task_id id, task_status waited) {
  const auto at = find(id);
  if (waited == task_status::wait)
    throw failure{"cannot put task " + to_string(id) + " aside: it would wait to become Wait"};
  auto& n = nodes_[at];
  if (next_status(n.status, task_event::wait, n.has_undo, waited) == task_status::wait)
    n.waited = waited;
  happen(at, task_event::wait);
}

void task_graph::set_status(task_id id, task_status final) {
  const auto at = find(id);
  if (!troupe::is_ready(final))
    throw failure{"cannot set task " + to_string(id) + " to " + to_string(final) +
                  ": a handler can only set how its task ends"};
  const auto now = nodes_[at].status;
  if (now == task_status::do_ || now == task_status::undo || now == task_status::wait)
    return;
  if (now == task_status::abort && final == task_status::done)
    return;
  assign(at, final);
}

void task_graph::handler_not_running(task_id id) { happen(find(id), task_event::not_running); }

void task_graph::resolve_wait(task_id id) { happen(find(id), task_event::resolve); }

} // namespace troupe
