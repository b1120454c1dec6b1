#include "runtime/rules/task_graph.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "runtime/limits.hpp"
#include "runtime/rules/task_order.hpp"

namespace troupe {
namespace {

std::string cycle_text(const std::vector<task_id>& members) {
  std::string ids;
  for (auto id : members)
    ids += (ids.empty() ? "" : ", ") + to_string(id);
  if (members.size() == 1)
    return "cannot order task " + ids + ": it waits for itself";
  return "cannot order tasks " + ids + ": they wait for each other in a cycle";
}

template <class Position>
void set_counted(Position& count, bool before, bool after) {
  if (before && !after)
    --count;
  else if (!before && after)
    ++count;
}

} // namespace

cycle_error::cycle_error(std::vector<task_id> members)
    : failure{cycle_text(members)}, cycle_{std::move(members)} {}

// --- construction -----------------------------------------------------------------------------------

task_graph::task_graph(const std::vector<graph_task>& tasks) { add(tasks); }

void task_graph::add(const std::vector<graph_task>& more, const std::vector<added_wait>& waits) {
  check_tasks(more);
  check_waits(more, waits);
  check_order(more, waits);
  ++era_;
  const auto first = static_cast<position>(nodes_.size());
  for (const auto& task : more)
    append(task);
  for (std::size_t i = 0; i < more.size(); ++i) {
    // The walk's mark finds a wait that is named twice without looking through all of them.
    ++walk_;
    for (auto id : more[i].waits_for)
      link(first + static_cast<position>(i), find(id));
  }
  for (const auto& wait : waits) {
    const auto task = find(wait.task);
    ++walk_;
    for (auto before : nodes_[task].before)
      nodes_[before].mark = walk_;
    link(task, find(wait.waits_for));
  }
  for (auto at = first; at < nodes_.size(); ++at)
    if (is_eligible(nodes_[at]))
      candidates_.push(at);
}

void task_graph::check_tasks(const std::vector<graph_task>& more) const {
  if (more.size() > limits::change_tasks || nodes_.size() + more.size() > limits::change_tasks)
    throw failure{"cannot add " + std::to_string(more.size()) + " tasks to a change of " +
                  std::to_string(nodes_.size()) + ": it may have " +
                  std::to_string(limits::change_tasks) + " at most"};
  std::unordered_set<task_id> ids;
  for (const auto& task : more) {
    if (!task.id)
      throw failure{"cannot add a task to the change: it has no id"};
    if (index_.contains(task.id) || !ids.insert(task.id).second)
      throw failure{"cannot add task " + to_string(task.id) + ": its id is taken"};
    if (task.waited == task_status::wait)
      throw failure{"cannot add task " + to_string(task.id) + ": it waits to become Wait"};
  }
  for (const auto& task : more)
    for (auto id : task.waits_for)
      if (!index_.contains(id) && !ids.contains(id))
        throw failure{"cannot add task " + to_string(task.id) + ": it waits for task " + to_string(id) +
                      ", which isn't in the change"};
}

void task_graph::check_waits(const std::vector<graph_task>& more,
                             const std::vector<added_wait>& waits) const {
  std::unordered_map<task_id, task_status> fresh;
  if (!waits.empty())
    for (const auto& task : more)
      fresh.emplace(task.id, task.status);
  const auto status_of = [&](task_id id) {
    const auto found = fresh.find(id);
    return found != fresh.end() ? found->second : status(id);
  };
  for (const auto& wait : waits) {
    const auto now = status_of(wait.task);
    if (now != task_status::do_)
      throw failure{"cannot make task " + to_string(wait.task) + " wait for task " +
                    to_string(wait.waits_for) + ": it is in " + to_string(now)};
    status_of(wait.waits_for);
  }
}

void task_graph::check_order(const std::vector<graph_task>& more,
                             const std::vector<added_wait>& waits) const {
  // Without added waits no old task waits for a new one, so that a cycle can only be among the new ones.
  const auto base = waits.empty() ? nodes_.size() : 0;
  std::unordered_map<task_id, position> places;
  std::vector<task_id> ids;
  const auto place = [&](task_id id) {
    places.emplace(id, static_cast<position>(ids.size()));
    ids.push_back(id);
  };
  for (auto at = base; at < nodes_.size(); ++at)
    place(nodes_[at].id);
  for (const auto& task : more)
    place(task.id);
  std::vector<std::vector<position>> edges(ids.size());
  for (auto at = base; at < nodes_.size(); ++at)
    edges[at - base] = nodes_[at].before;
  for (const auto& task : more)
    for (auto id : task.waits_for)
      if (const auto found = places.find(id); found != places.end())
        edges[places.at(task.id)].push_back(found->second);
  for (const auto& wait : waits)
    edges[places.at(wait.task)].push_back(places.at(wait.waits_for));
  const auto cycle = find_cycle(edges);
  if (cycle.empty())
    return;
  std::vector<task_id> members;
  for (auto at : cycle)
    members.push_back(ids[at]);
  throw cycle_error{std::move(members)};
}

task_graph::position task_graph::append(const graph_task& task) {
  const auto at = static_cast<position>(nodes_.size());
  auto& n = nodes_.emplace_back();
  n.id = task.id;
  n.status = task.status;
  n.waited = task.waited;
  n.has_undo = task.has_undo;
  n.is_irreversible = task.is_irreversible;
  n.operation = task.operation;
  index_.emplace(task.id, at);
  for (auto number : task.lanes.empty() ? std::vector<lane_number>{0} : task.lanes) {
    const auto place = lane_of(number);
    auto& l = lanes_[place];
    if (!l.tasks.empty() && l.tasks.back() == at)
      continue;
    n.lanes.push_back(place);
    l.tasks.push_back(at);
    l.ids.push_back(task.id);
    l.unready += !troupe::is_ready(task.status);
    l.dead += !is_live(n);
  }
  note_past_return(n);
  errors_[n.operation] += task.status == task_status::error;
  ++counts_[static_cast<std::size_t>(task.status)];
  unready_ += !troupe::is_ready(task.status);
  return at;
}

task_graph::position task_graph::lane_of(lane_number number) {
  const auto [found, fresh] = lane_index_.try_emplace(number, static_cast<position>(lanes_.size()));
  if (fresh)
    lanes_.emplace_back().number = number;
  return found->second;
}

void task_graph::link(position task, position before) {
  auto& n = nodes_[task];
  auto& b = nodes_[before];
  if (b.mark == walk_)
    return;
  b.mark = walk_;
  n.before.push_back(before);
  n.waits_for.push_back(b.id);
  b.after.push_back(task);
  b.waiters.push_back(n.id);
  n.not_done += b.status != task_status::done;
  b.unready += !troupe::is_ready(n.status);
}

// --- what there is ----------------------------------------------------------------------------------

task_graph::position task_graph::find(task_id id) const {
  const auto found = index_.find(id);
  if (found == index_.end())
    throw failure{failure_kind::not_found,
                  "cannot find task " + to_string(id) + ": it isn't in the change"};
  return found->second;
}

const task_graph::lane& task_graph::at(lane_number number) const {
  const auto found = lane_index_.find(number);
  if (found == lane_index_.end())
    throw failure{failure_kind::not_found,
                  "cannot find lane " + std::to_string(number) + ": it isn't in the change"};
  return lanes_[found->second];
}

std::vector<lane_number> task_graph::lanes() const {
  std::vector<lane_number> numbers;
  numbers.reserve(lane_index_.size());
  for (const auto& entry : lane_index_)
    numbers.push_back(entry.first);
  return numbers;
}

std::optional<task_id> task_graph::first_unready_predecessor(task_id id) const {
  const auto& n = at(id);
  if (n.status == task_status::do_) {
    for (auto before : n.before)
      if (nodes_[before].status != task_status::done)
        return nodes_[before].id;
  } else if (n.status == task_status::undo) {
    for (auto after : n.after)
      if (!troupe::is_ready(nodes_[after].status))
        return nodes_[after].id;
  }
  return std::nullopt;
}

std::vector<task_id> task_graph::drain_changed() {
  std::vector<task_id> ids;
  ids.reserve(changed_.size());
  for (auto at : std::exchange(changed_, {})) {
    nodes_[at].changed = false;
    ids.push_back(nodes_[at].id);
  }
  return ids;
}

std::vector<task_id> task_graph::drain_to_stop() {
  std::vector<task_id> ids;
  for (auto at : std::exchange(to_stop_, {}))
    if (nodes_[at].status == task_status::abort)
      ids.push_back(nodes_[at].id);
  return ids;
}

std::vector<lane_number> task_graph::drain_ready_lanes() {
  std::vector<lane_number> numbers;
  for (auto at : std::exchange(ready_lanes_, {})) {
    lanes_[at].reported = false;
    if (lanes_[at].unready == 0)
      numbers.push_back(lanes_[at].number);
  }
  return numbers;
}

// --- setting a status ---------------------------------------------------------------------------------

bool task_graph::is_live(const node& n) {
  const auto status = n.status == task_status::wait ? n.waited : n.status;
  return status == task_status::do_ || status == task_status::doing || status == task_status::done;
}

bool task_graph::is_eligible(const node& n) {
  return (n.status == task_status::do_ && n.not_done == 0) ||
         (n.status == task_status::undo && n.unready == 0) || n.to_rerun;
}

void task_graph::happen(position task, task_event event) {
  const auto& n = nodes_[task];
  if (const auto to = next_status(n.status, event, n.has_undo, n.waited))
    assign(task, *to);
}

void task_graph::assign(position task, task_status to) {
  auto& n = nodes_[task];
  const auto from = n.status;
  if (from == to)
    return;
  const auto was_live = is_live(n);
  n.status = to;
  note_past_return(n);
  errors_[n.operation] += to == task_status::error;
  errors_[n.operation] -= from == task_status::error;
  --counts_[static_cast<std::size_t>(from)];
  ++counts_[static_cast<std::size_t>(to)];
  set_counted(unready_, !troupe::is_ready(from), !troupe::is_ready(to));
  if (!std::exchange(n.changed, true))
    changed_.push_back(task);
  if (to == task_status::abort)
    to_stop_.push_back(task);
  n.to_rerun = from == task_status::wait && (to == task_status::doing || to == task_status::undoing);
  assign_in_lanes(n, was_live, troupe::is_ready(from));
  tell_neighbours(n, from);
  if (is_eligible(n))
    candidates_.push(task);
}

bool task_graph::has_begun_for_good(const node& n) {
  return n.is_irreversible && n.status != task_status::do_ && n.status != task_status::hold;
}

void task_graph::note_past_return(const node& n) {
  if (has_begun_for_good(n))
    for (auto place : n.lanes)
      lanes_[place].past_return = true;
}

bool task_graph::is_past_return(const node& n) const {
  return std::ranges::any_of(n.lanes, [this](position place) { return lanes_[place].past_return; });
}

void task_graph::assign_in_lanes(const node& n, bool was_live, bool was_ready) {
  const auto ready = troupe::is_ready(n.status);
  const auto live = is_live(n);
  if (live && !was_live)
    ++era_;
  for (auto at : n.lanes) {
    auto& l = lanes_[at];
    if (was_live && !live && l.dead == 0)
      ++era_;
    set_counted(l.dead, !was_live, !live);
    set_counted(l.unready, !was_ready, !ready);
    if (l.unready == 0 && !was_ready && !std::exchange(l.reported, true))
      ready_lanes_.push_back(at);
  }
}

void task_graph::tell_neighbours(const node& n, task_status from) {
  const auto was_done = from == task_status::done;
  const auto done = n.status == task_status::done;
  if (was_done != done)
    for (auto after : n.after) {
      set_counted(nodes_[after].not_done, !was_done, !done);
      if (is_eligible(nodes_[after]))
        candidates_.push(after);
    }
  const auto was_ready = troupe::is_ready(from);
  const auto ready = troupe::is_ready(n.status);
  if (was_ready != ready)
    for (auto before : n.before) {
      set_counted(nodes_[before].unready, !was_ready, !ready);
      if (is_eligible(nodes_[before]))
        candidates_.push(before);
    }
}

} // namespace troupe
