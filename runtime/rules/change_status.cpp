#include <algorithm>

#include "runtime/rules/task_graph.hpp"

namespace troupe {
namespace {

// The first that a task has is the change's. Source: the peer's engine.
constexpr std::array order{task_status::abort, task_status::undoing, task_status::undo,
                           task_status::doing, task_status::do_,     task_status::wait,
                           task_status::error, task_status::undone,  task_status::done,
                           task_status::hold};
static_assert(order.size() == task_status_count);

} // namespace

task_status task_graph::change_status() const {
  const auto moves = count(task_status::doing) + count(task_status::undoing) + count(task_status::abort);
  if (count(task_status::wait) > 0 && moves == 0 &&
      std::ranges::all_of(nodes_, [this](const node& n) { return is_held_up(n); }))
    return task_status::wait;
  const auto first = std::ranges::find_if(order, [this](task_status s) { return count(s) > 0; });
  return first == order.end() ? task_status::hold : *first;
}

// Held up is what has somebody in Wait before it, or somebody itself so held up, and nobody that can
// still move. As this is asked of every task in Do and Undo, one step is enough: if each has a Wait or
// a task of its own direction before it, the chains of these end in a Wait, because waits have no cycle.
// A task in Do before which one is in Undo blocks it and is blocked by it, without any Wait.
bool task_graph::is_held_up(const node& n) const {
  const auto none_opposed_some_waiting = [this](const std::vector<position>& others, task_status same,
                                                task_status opposite) {
    bool some = false;
    for (auto at : others) {
      const auto status = nodes_[at].status;
      if (status == opposite)
        return false;
      some = some || status == task_status::wait || status == same;
    }
    return some;
  };
  if (n.status == task_status::do_)
    return none_opposed_some_waiting(n.before, task_status::do_, task_status::undo);
  if (n.status == task_status::undo)
    return none_opposed_some_waiting(n.after, task_status::undo, task_status::do_);
  return true;
}

} // namespace troupe
