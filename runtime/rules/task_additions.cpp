#include "runtime/rules/task_additions.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "runtime/json/json.hpp"

namespace troupe {

namespace {

const std::string& snap_of(const task_record& task, const change_record& change) {
  static const std::string none;
  return task.operation < 0 ? none : change.operations.at(static_cast<std::size_t>(task.operation)).snap;
}

/// The snaps of the change, other than `own`, that a task's connection has an end of.
std::set<std::string> peers_of(const task_record& task, const std::string& own,
                               const change_record& change) {
  std::set<std::string> peers;
  const auto setup = json::parse_object(task.setup);
  const auto ref = connection_ref_from_text(json::string_or(setup, "connection"));
  if (ref)
    for (const auto& op : change.operations)
      if (op.snap != own && ref->is_of(op.snap))
        peers.insert(op.snap);
  return peers;
}

/// Of each of these snaps that the change has linked the tasks done that none done of it waits for.
std::map<std::string, std::vector<task_id>>
last_done(const std::set<std::string>& snaps, const change_record& change, const task_graph& graph) {
  std::map<std::string, std::vector<task_id>> last;
  if (snaps.empty())
    return last;
  std::map<task_id, const std::string*> done;
  std::set<std::string> linked;
  for (const auto& task : change.tasks) {
    const auto& snap = snap_of(task, change);
    if (!snaps.contains(snap) || graph.status(task.id) != task_status::done)
      continue;
    done.emplace(task.id, &snap);
    if (task.kind == "link-snap")
      linked.insert(snap);
  }
  for (const auto& [id, snap] : done) {
    const auto is_of_same = [&, of = snap](task_id waiter) {
      const auto found = done.find(waiter);
      return found != done.end() && *found->second == *of;
    };
    if (linked.contains(*snap) && std::ranges::none_of(graph.waiters(id), is_of_same))
      last[*snap].push_back(id);
  }
  return last;
}

} // namespace

task_additions additions_after(task_id after, const std::vector<task_record>& more, task_id first,
                               const change_record& change, const task_graph& graph) {
  const auto& found_by = *std::ranges::find(change.tasks, after, &task_record::id);
  const auto& own = snap_of(found_by, change);
  task_additions result{{change.id, {}, more, {}}, {}};
  std::vector<std::set<std::string>> peers;
  std::set<std::string> all_peers;
  for (const auto& row : more) {
    peers.push_back(peers_of(row, own, change));
    all_peers.insert(peers.back().begin(), peers.back().end());
  }
  const auto last_of = last_done(all_peers, change, graph);
  std::set<task_id> last;
  for (std::size_t i = 0; i < more.size(); ++i) {
    auto& row = result.rows.tasks[i];
    row.id = task_id{first.value + i};
    last.insert(row.id);
    for (auto& before : row.waits_for)
      last.erase(before = task_id{first.value + before.value - 1});
    if (row.waits_for.empty())
      row.waits_for.push_back(after);
    row.operation = found_by.operation;
    row.lanes = found_by.lanes;
    for (const auto& peer : peers[i])
      if (const auto found = last_of.find(peer); found != last_of.end())
        row.waits_for.insert(row.waits_for.end(), found->second.begin(), found->second.end());
  }
  for (auto waiter : graph.waiters(after)) {
    if (graph.status(waiter) != task_status::do_)
      continue;
    auto waits_for = graph.waits_for(waiter);
    for (auto id : last) {
      result.waits.push_back({waiter, id});
      waits_for.push_back(id);
    }
    result.rows.waits.emplace_back(waiter, std::move(waits_for));
  }
  return result;
}

} // namespace troupe
