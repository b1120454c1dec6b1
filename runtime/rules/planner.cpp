#include "runtime/rules/planner.hpp"

#include <algorithm>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/needed_base.hpp"
#include "runtime/rules/planner_checks.hpp"
#include "runtime/rules/task_lists.hpp"

namespace troupe {

namespace {

// --- words ------------------------------------------------------------------------------------------

std::string quoted_names(const operation_request& request) {
  std::string names;
  for (const auto& wanted : request.snaps)
    names += (names.empty() ? "\"" : ", \"") + wanted.snap + '"';
  return names;
}

std::string summarise(const operation_request& request) {
  const auto& first = request.snaps.front();
  auto verb = first.verb;
  verb[0] = static_cast<char>(verb[0] - 'a' + 'A');
  auto summary = verb + " " + quoted_names(request);
  if (request.snaps.size() > 1)
    return summary + " snaps";
  summary += " snap";
  if (first.verb == "install")
    summary += " from file \"" + first.given_path + '"';
  else if (first.rev)
    summary += " revision " + to_string(first.rev);
  return summary;
}

std::string data_for_client(const operation_request& request) {
  json::array names;
  for (const auto& snap : request.snaps)
    names.emplace_back(snap.snap);
  json::object data{{"snap-names", names}};
  if (names.size() == 1)
    data["snap-name"] = names.front();
  return json::write(data);
}

// --- order ------------------------------------------------------------------------------------------

/// A snap of the request; the metadata is null where nothing is known of it yet.
struct planned {
  const snap_request* wanted;
  const snap_info* info;
};

const snap_info* known_info(const snap_request& wanted, const plan_context& context) {
  if (wanted.info)
    return wanted.info.get();
  if (auto found = context.claimed.find(wanted.snap); found != context.claimed.end())
    return any_info(*found->second);
  if (!context.installed)
    return nullptr;
  auto found = context.installed->find(wanted.snap);
  return found == context.installed->end() ? nullptr : any_info(*found->second);
}

/// Snaps run only on those of a lower rank.
int rank(const planned& snap) {
  switch (snap.info ? snap.info->type : snap_type::app) {
  case snap_type::snapd:
    return 0;
  case snap_type::os:
    return 1;
  case snap_type::base:
    return 2;
  case snap_type::kernel:
  case snap_type::gadget:
    return 3;
  case snap_type::app:
    break;
  }
  return 4;
}

/// Whether a snap is operated on before those that run on it, rather than after them.
bool is_needed_first(const std::string& verb) { return verb == "install" || verb == "enable"; }

std::vector<planned> in_order(const operation_request& request, const plan_context& context) {
  std::vector<planned> result;
  result.reserve(request.snaps.size());
  for (const auto& wanted : request.snaps)
    result.push_back({&wanted, known_info(wanted, context)});
  if (is_needed_first(request.snaps.front().verb))
    std::ranges::stable_sort(result, std::ranges::less{}, rank);
  else
    std::ranges::stable_sort(result, std::ranges::greater{}, rank);
  return result;
}

/// For each snap the places of those that it waits for, all before it.
std::vector<std::vector<std::size_t>> find_needs(const std::vector<planned>& snaps, bool needed_first) {
  std::vector<std::vector<std::size_t>> needs(snaps.size());
  std::map<std::string, std::size_t> places;
  std::vector<std::size_t> snapds; ///< There is hardly more than one.
  for (std::size_t i = 0; i < snaps.size(); ++i) {
    places.emplace(snaps[i].wanted->snap, i);
    if (snaps[i].info && snaps[i].info->type == snap_type::snapd)
      snapds.push_back(i);
  }
  for (std::size_t user = 0; user < snaps.size(); ++user) {
    if (!snaps[user].info)
      continue;
    auto candidates = snapds;
    if (auto base = places.find(needed_base(*snaps[user].info)); base != places.end())
      candidates.push_back(base->second);
    for (auto other : candidates)
      if (snaps[other].info && runs_on(*snaps[user].info, snaps[other].wanted->snap, *snaps[other].info))
        needs[needed_first ? user : other].push_back(needed_first ? other : user);
  }
  return needs;
}

// --- records ----------------------------------------------------------------------------------------

change_record describe(const operation_request& request, const plan_context& context) {
  change_record change;
  change.id = context.change;
  change.kind = change_kind(request);
  change.summary = summarise(request);
  change.data = data_for_client(request);
  change.requester_uid = request.uid;
  change.spawned_at = context.now;
  return change;
}

void add_operations(change_record& change, const operation_request& request,
                    const std::vector<planned>& snaps) {
  auto together = request.transaction == transaction::all_snaps;
  for (const auto& snap : snaps) {
    const auto& wanted = *snap.wanted;
    operation op;
    op.verb = wanted.verb;
    op.snap = wanted.snap;
    op.lane = together ? 1 : static_cast<lane_number>(change.operations.size() + 1);
    op.rev = wanted.rev;
    op.info = wanted.info;
    op.image = wanted.image;
    op.given_path = wanted.given_path;
    op.flags = wanted.flags;
    op.purge = wanted.purge;
    op.force = wanted.force;
    change.operations.push_back(std::move(op));
  }
}

revision next_local_revision(const snap_state& state) {
  std::int32_t lowest = 0;
  for (const auto& r : state.revisions)
    lowest = std::min(lowest, r.rev.number);
  return {lowest - 1};
}

/// The revision that an operation is about, as the host stands.
revision revision_for(const operation& op, const snap_state& state) {
  if (op.verb == "install")
    return next_local_revision(state);
  return op.verb == "remove" ? op.rev : state.current;
}

bool removes_one_of_several(const operation& op, const snap_state& state) {
  return op.rev && state.revisions.size() > 1;
}

/// The tasks of an operation that can be undone.
void add_undoable_tasks(task_chain& chain, const snap_state& state) {
  const auto& op = chain.op();
  if (op.verb == "install")
    add_install_tasks(chain);
  else if (op.verb == "enable")
    add_enable_tasks(chain, state);
  else if (op.verb == "disable")
    add_disable_tasks(chain, state);
  else if (!removes_one_of_several(op, state))
    add_remove_tasks(chain, state);
}

/// Those that can't: they stand at the end.
void add_final_tasks(task_chain& chain, const snap_state& state) {
  const auto& op = chain.op();
  if (op.verb != "remove")
    return;
  if (removes_one_of_several(op, state))
    add_discard_tasks(chain, op.rev);
  else
    add_discard_all_tasks(chain, state);
}

/// The discarding of a lane for all snaps begins in one place, which waits for all that can fail.
void wait_for_undoable_tasks(std::vector<task_chain>& chains) {
  for (std::size_t i = 1; i < chains.size(); ++i)
    if (chains[i].last())
      chains.front().next_waits_for(chains[i].last());
}

void add_tasks(change_record& change, const plan_context& context,
               const std::vector<std::vector<std::size_t>>& needs, bool together) {
  std::vector<task_chain> chains;
  chains.reserve(needs.size());
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const auto& state = *context.claimed.at(change.operations[i].snap);
    auto& chain = chains.emplace_back(change, context, static_cast<std::int32_t>(i));
    for (auto other : needs[i])
      if (chains[other].last())
        chain.next_waits_for(chains[other].last());
    add_undoable_tasks(chain, state);
    if (!together)
      add_final_tasks(chain, state);
  }
  if (!together)
    return;
  wait_for_undoable_tasks(chains);
  task_id first_final;
  for (auto& chain : chains) {
    if (first_final)
      chain.next_waits_for(first_final);
    add_final_tasks(chain, *context.claimed.at(chain.op().snap));
    if (!first_final)
      first_final = chain.last();
  }
}

} // namespace

std::string change_kind(const operation_request& request) {
  return request.snaps.front().verb + "-snap";
}

change_record plan(const operation_request& request, const plan_context& context) {
  check_request(request);
  check_host(request, context);
  auto change = describe(request, context);
  auto snaps = in_order(request, context);
  add_operations(change, request, snaps);
  for (auto& op : change.operations)
    op.rev = revision_for(op, *context.claimed.at(op.snap));
  add_tasks(change, context, find_needs(snaps, is_needed_first(request.snaps.front().verb)),
            request.transaction == transaction::all_snaps);
  auto count = change.tasks.size() + (context.after ? 1 : 0);
  if (count > limits::change_tasks)
    throw failure{"cannot plan change: it takes " + std::to_string(count) + " tasks, and at most " +
                  std::to_string(limits::change_tasks) + " are allowed"};
  return change;
}

change_record plan_waiting(const operation_request& request, const plan_context& context) {
  check_request(request);
  auto change = describe(request, context);
  add_operations(change, request, in_order(request, context));
  json::object setup;
  if (request.wait_at_most)
    setup["until"] = (context.now + *request.wait_at_most).time_since_epoch().count();
  task_record task;
  task.id = context.next_task();
  task.kind = "claim-snaps";
  task.summary = std::string{"Wait until snap"} + (request.snaps.size() == 1 ? " " : "s ") +
                 quoted_names(request) + (request.snaps.size() == 1 ? " is free" : " are free");
  task.setup = json::write(setup);
  task.spawned_at = context.now;
  change.tasks.push_back(std::move(task));
  return change;
}

operation_request request_of(const change_record& change) {
  operation_request request;
  request.uid = change.requester_uid;
  for (const auto& op : change.operations) {
    snap_request wanted;
    wanted.verb = op.verb;
    wanted.snap = op.snap;
    if (op.verb == "remove")
      wanted.rev = op.rev;
    wanted.info = op.info;
    wanted.image = op.image;
    wanted.given_path = op.given_path;
    wanted.flags = op.flags;
    wanted.purge = op.purge;
    wanted.force = op.force;
    request.snaps.push_back(std::move(wanted));
  }
  if (std::ranges::count(change.operations, lane_number{1}, &operation::lane) > 1)
    request.transaction = transaction::all_snaps;
  return request;
}

} // namespace troupe
