#include "runtime/rules/planner.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/alias_checks.hpp"
#include "runtime/rules/aliases.hpp"
#include "runtime/rules/connection_tasks.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/needed_base.hpp"
#include "runtime/rules/planner_checks.hpp"
#include "runtime/rules/snap_plan.hpp"
#include "runtime/rules/store_request.hpp"
#include "runtime/rules/task_lists.hpp"
#include "runtime/rules/verbs.hpp"

namespace troupe {

namespace {

// --- words ------------------------------------------------------------------------------------------

std::string quoted_names(const operation_request& request) {
  std::string names;
  for (const auto& wanted : request.snaps)
    if (!wanted.is_prerequisite)
      names += (names.empty() ? "\"" : ", \"") + wanted.snap + '"';
  return names;
}

/// `Restore data of "hello" snap from snapshot set 7`. The set that a save makes isn't known to a plan.
std::string summarise_snapshots(const operation_request& request) {
  const auto& first = request.snaps.front();
  auto verb = first.verb.substr(0, first.verb.find('-'));
  verb[0] = static_cast<char>(verb[0] - 'a' + 'A');
  auto summary = verb + " data of " + quoted_names(request);
  summary += request.snaps.size() > 1 ? " snaps" : " snap";
  if (verb == "Save")
    return summary;
  return summary + (verb == "Restore" ? " from" : " in") + " snapshot set " +
         std::to_string(first.snapshot_set);
}

/// `Enable alias "h" for "hello.greet"`.
std::string summarise_aliases(const snap_request& wanted) {
  if (wanted.verb == "alias")
    return "Enable alias \"" + wanted.alias + "\" for \"" + command_of(wanted.snap, wanted.app) + '"';
  auto of_snap = " of snap \"" + wanted.snap + '"';
  if (wanted.verb == "prefer")
    return "Prefer aliases" + of_snap;
  return "Disable alias" + (wanted.alias.empty() ? "es" : " \"" + wanted.alias + '"') + of_snap;
}

/// `Restart services of "hello", "other" snaps`.
std::string summarise_services(const operation_request& request) {
  auto verb = request.snaps.front().verb;
  verb = verb.substr(0, verb.find('-')) + " services of " + quoted_names(request);
  verb[0] = static_cast<char>(verb[0] - 'a' + 'A');
  return verb + (request.snaps.size() > 1 ? " snaps" : " snap");
}

/// `Connect player:themes to gtk:themes`.
std::string summarise_connections(const snap_request& wanted) {
  const auto connects = wanted.verb == "connect";
  auto summary = std::string{connects ? "Connect " : "Disconnect "};
  const auto& all = wanted.connections;
  for (std::size_t i = 0; i < all.size() && i < 3; ++i)
    summary += (i ? ", " : "") + to_string(all[i].plug) + (connects ? " to " : " from ") +
               to_string(all[i].slot);
  return all.size() > 3 ? summary + " and " + std::to_string(all.size() - 3) + " more" : summary;
}

std::string summarise(const operation_request& request) {
  if (request.settings)
    return request.settings->summary;
  if (request.snaps.empty())
    return request.notes.empty() ? "Refresh all snaps: no updates are available"
                                 : "Refresh all snaps: none can be refreshed now";
  const auto& first = request.snaps.front();
  if (is_about_snapshots(first.verb))
    return summarise_snapshots(request);
  if (is_about_aliases(first.verb))
    return summarise_aliases(first);
  if (is_about_services(first.verb))
    return summarise_services(request);
  if (is_about_connections(first.verb))
    return summarise_connections(first);
  if (first.verb == "configure")
    return "Change configuration of " + quoted_names(request) + " snap";
  auto verb = first.verb;
  verb[0] = static_cast<char>(verb[0] - 'a' + 'A');
  auto summary = verb + " " + quoted_names(request);
  if (std::ranges::count(request.snaps, false, &snap_request::is_prerequisite) > 1)
    return summary + " snaps";
  summary += " snap";
  if (!first.given_path.empty())
    summary += " from file \"" + first.given_path + '"';
  else if (first.verb == "switch")
    summary += " to channel \"" + first.channel + '"';
  else if (!first.steps.empty() && !first.channel.empty())
    summary += " from channel \"" + first.channel + '"';
  else if (first.verb == "revert" && first.rev)
    summary += " to revision " + to_string(first.rev);
  else if (first.rev)
    summary += " revision " + to_string(first.rev);
  return summary;
}

std::string data_for_client(const operation_request& request) {
  json::array names;
  for (const auto& snap : request.snaps)
    names.emplace_back(snap.snap);
  json::object data{{"snap-names", names}};
  if (!request.notes.empty())
    data["notes"] = json::array(request.notes.begin(), request.notes.end());
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
  if (const auto* info = new_info(wanted))
    return info;
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

/// Whether snaps are operated on before those that run on them, rather than after these.
bool needs_first(const operation_request& request) {
  const auto verb = request.snaps.empty() ? "refresh" : request.snaps.front().verb;
  return verb != "remove" && verb != "disable";
}

/// Whether one snap gets aliases that others yield before.
bool prefers(const operation_request& request) {
  return !request.snaps.empty() && kind_of_change(request.snaps.front().verb) == "prefer";
}

/// Puts default providers before those who want their content. A loop among them is broken where it
/// closes.
std::vector<planned> providers_first(const std::vector<planned>& snaps) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < snaps.size(); ++i)
    places.emplace(snaps[i].wanted->snap, i);
  std::vector<planned> result;
  std::vector<bool> seen(snaps.size());
  std::function<void(std::size_t)> visit = [&](std::size_t at) {
    if (seen[at])
      return;
    seen[at] = true;
    if (snaps[at].info)
      for (const auto& provider : default_providers(*snaps[at].info))
        if (auto found = places.find(provider); found != places.end())
          visit(found->second);
    result.push_back(snaps[at]);
  };
  for (std::size_t i = 0; i < snaps.size(); ++i)
    visit(i);
  return result;
}

std::vector<planned> in_order(const operation_request& request, const plan_context& context) {
  std::vector<planned> result;
  result.reserve(request.snaps.size());
  for (const auto& wanted : request.snaps)
    result.push_back({&wanted, known_info(wanted, context)});
  if (!request.snaps.empty() && is_about_connections(request.snaps.front().verb))
    return result;
  if (prefers(request)) {
    std::ranges::stable_partition(result,
                                  [](const planned& snap) { return snap.wanted->verb != "prefer"; });
    return result;
  }
  if (!needs_first(request)) {
    std::ranges::stable_sort(result, std::ranges::greater{}, rank);
    return result;
  }
  std::ranges::stable_sort(result, std::ranges::less{}, rank);
  return providers_first(result);
}

/// The interfaces that a snap has plugs or slots of, before and after.
struct named_interfaces {
  std::set<std::string> plugs;
  std::set<std::string> slots;

  void add(const snap_info* info) {
    if (!info)
      return;
    for (const auto& end : info->plugs)
      plugs.insert(end.interface);
    for (const auto& end : info->slots)
      slots.insert(end.interface);
  }
  bool may_use(const named_interfaces& other) const {
    return std::ranges::any_of(plugs, [&](const auto& each) { return other.slots.contains(each); });
  }
};

/// In one lane snaps that may be connected come one after the other, so that none is unlinked while
/// another one's connection to it is made or taken away.
void keep_apart(std::vector<std::vector<std::size_t>>& needs, const std::vector<planned>& snaps,
                const plan_context& context) {
  std::vector<named_interfaces> all(snaps.size());
  for (std::size_t i = 0; i < snaps.size(); ++i) {
    all[i].add(snaps[i].info);
    if (auto found = context.claimed.find(snaps[i].wanted->snap); found != context.claimed.end())
      all[i].add(found->second->info());
  }
  for (std::size_t later = 0; later < snaps.size(); ++later)
    for (std::size_t other = 0; other < later; ++other)
      if ((all[later].may_use(all[other]) || all[other].may_use(all[later])) &&
          std::ranges::find(needs[later], other) == needs[later].end())
        needs[later].push_back(other);
}

/// For each snap the places of those that it waits for, all before it.
std::vector<std::vector<std::size_t>> find_needs(const std::vector<planned>& snaps, bool needed_first) {
  std::vector<std::vector<std::size_t>> needs(snaps.size());
  if (!snaps.empty() &&
      (is_about_snapshots(snaps.front().wanted->verb) || is_about_services(snaps.front().wanted->verb) ||
       is_about_connections(snaps.front().wanted->verb)))
    return needs;
  if (!snaps.empty() && is_about_aliases(snaps.front().wanted->verb)) {
    for (std::size_t user = 0; user < snaps.size(); ++user)
      for (std::size_t other = 0; other < user; ++other)
        if (snaps[user].wanted->verb == "prefer" && snaps[other].wanted->verb == "yield-aliases")
          needs[user].push_back(other);
    return needs;
  }
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
    if (!needed_first)
      continue;
    for (const auto& provider : default_providers(*snaps[user].info))
      if (auto found = places.find(provider); found != places.end() && found->second < user)
        needs[user].push_back(found->second);
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

lane_number lane_at(const operation_request& request, std::size_t place) {
  return request.transaction == transaction::all_snaps ? 1 : static_cast<lane_number>(place + 1);
}

/// Names the places in the spool that images are downloaded to.
void name_downloads(change_record& change, const plan_context& context) {
  for (std::size_t i = 0; i < change.operations.size(); ++i)
    if (auto& op = change.operations[i]; op.download)
      op.image =
          context.spool + "/download-" + to_string(change.id) + "-" + std::to_string(i + 1) + ".snap";
}

/// The final tasks of a lane for all snaps begin in one place, which waits for all that can fail.
void add_final_tasks_together(const std::vector<snap_plan>& plans, std::vector<task_chain>& chains) {
  task_id first_final;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (!plans[i].has_final_tasks())
      continue;
    for (std::size_t other = 0; other < plans.size(); ++other)
      if (first_final && other == 0)
        chains[i].next_waits_for(first_final);
      else if (!first_final && other != i && chains[other].last())
        chains[i].next_waits_for(chains[other].last());
    plans[i].add_final_tasks(chains[i]);
    if (!first_final)
      first_final = chains[i].last();
  }
}

/// The metadata of a snap of the request as it is active; null where it isn't, or is the system.
snap_info_ptr active_info(const std::string& snap, const plan_context& context) {
  const auto found = context.claimed.find(snap);
  if (found == context.claimed.end() || !found->second->active)
    return nullptr;
  const auto* current = found->second->find(found->second->current);
  return current ? current->info : nullptr;
}

/// Whether a snap has this plug or slot, of this interface; the system has what it is asked for.
bool is_end(rule_side side, const endpoint_name& end, const snap_info_ptr& info,
            const std::string& interface) {
  if (!info)
    return end.snap == system_snap;
  const auto& all = side == rule_side::plug ? info->plugs : info->slots;
  const auto found = std::ranges::find(all, end.name, &endpoint_info::name);
  return found != all.end() && found->interface == interface;
}

void add_connection_tasks(task_chain& chain, const plan_context& context) {
  const auto& op = chain.op();
  std::vector<planned_connection> all;
  for (const auto& ref : op.connections) {
    planned_connection what{ref};
    what.plug = active_info(ref.plug.snap, context);
    what.slot = active_info(ref.slot.snap, context);
    const auto& remembered = context.claimed.at(ref.plug.snap)->connections;
    if (const auto found = remembered.find(ref); found != remembered.end())
      what.former = found->second;
    // What is there already is only said again, and what isn't has no hooks to run.
    what.was_there = what.former && !what.former->undesired &&
                     is_end(rule_side::plug, ref.plug, what.plug, what.former->interface) &&
                     is_end(rule_side::slot, ref.slot, what.slot, what.former->interface);
    if (what.was_there == (op.verb == "connect"))
      what.plug = what.slot = nullptr;
    all.push_back(std::move(what));
  }
  if (op.verb == "connect")
    add_connect_tasks(chain, all, false);
  else
    add_disconnect_tasks(chain, all, op.forget ? disconnection::forgotten : disconnection::by_hand);
}

void add_tasks(change_record& change, const plan_context& context, const std::vector<snap_plan>& plans,
               const std::vector<std::size_t>& places,
               const std::vector<std::vector<std::size_t>>& needs, bool together) {
  std::vector<task_chain> chains;
  chains.reserve(plans.size());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    auto& chain = chains.emplace_back(change, context, static_cast<std::int32_t>(places[i]));
    for (auto other : needs[i])
      if (chains[other].last())
        chain.next_waits_for(chains[other].last());
    if (is_about_connections(chain.op().verb))
      add_connection_tasks(chain, context);
    else
      plans[i].add_undoable_tasks(chain);
    if (!together)
      plans[i].add_final_tasks(chain);
  }
  if (together)
    add_final_tasks_together(plans, chains);
}

/// The one task of a change that finds nothing to do, so that it shows as done.
void add_look_for_updates(change_record& change, const plan_context& context) {
  task_record task;
  task.id = context.next_task();
  task.kind = "find-updates";
  task.summary = "Look for updates of all snaps";
  task.spawned_at = context.now;
  change.tasks.push_back(std::move(task));
}

void add_assign_settings(change_record& change, const settings_change& wanted,
                         const plan_context& context) {
  task_record task;
  task.id = context.next_task();
  task.kind = "assign-settings";
  task.summary = wanted.summary;
  task.setup =
      json::write(json::object{{"set", json::parse(wanted.set)}, {"back", json::parse(wanted.back)}});
  task.spawned_at = context.now;
  change.tasks.push_back(std::move(task));
}

/// Says so where default providers want each other's content, so that one of them came too late.
void tell_of_loops(change_record& change, const std::vector<planned>& snaps,
                   const std::vector<std::size_t>& places) {
  std::map<std::string, std::size_t> order;
  for (std::size_t i = 0; i < snaps.size(); ++i)
    order.emplace(snaps[i].wanted->snap, i);
  for (std::size_t user = 0; user < snaps.size(); ++user) {
    if (!snaps[user].info)
      continue;
    for (const auto& provider : default_providers(*snaps[user].info)) {
      auto found = order.find(provider);
      if (found == order.end() || found->second <= user)
        continue;
      auto first = std::ranges::find(change.tasks, static_cast<std::int32_t>(places[user]),
                                     &task_record::operation);
      if (first != change.tasks.end())
        add_log_lines(
            first->log,
            {"INFO default provider \"" + provider + "\" comes later: snaps want each other's content"},
            change.spawned_at);
    }
  }
}

} // namespace

std::string change_kind(const operation_request& request) {
  if (request.settings)
    return request.settings->kind;
  if (request.is_automatic)
    return "auto-refresh";
  return kind_of_change(request.snaps.empty() ? "refresh" : request.snaps.front().verb);
}

change_record plan(const operation_request& asked, const plan_context& context) {
  check_request(asked);
  auto request = resolve(asked, context);
  if (request.refreshes_all)
    pass_over_impossible(request, context);
  check_host(request, context);
  auto change = describe(request, context);
  auto snaps = in_order(request, context);
  std::vector<snap_plan> plans;
  std::vector<std::size_t> places;
  alias_book names{context};
  for (std::size_t i = 0; i < snaps.size(); ++i) {
    const auto& wanted = *snaps[i].wanted;
    auto& plan = plans.emplace_back(wanted, *context.claimed.at(wanted.snap), lane_at(request, i),
                                    request, context.now);
    names.enter(plan.operations());
    places.push_back(change.operations.size());
    plan.begins_at(places.back());
    change.operations.insert(change.operations.end(), plan.operations().begin(),
                             plan.operations().end());
  }
  name_downloads(change, context);
  const auto together = request.transaction == transaction::all_snaps;
  auto needs = find_needs(snaps, needs_first(request));
  if (together)
    keep_apart(needs, snaps, context);
  add_tasks(change, context, plans, places, needs, together);
  tell_of_loops(change, snaps, places);
  if (request.settings)
    add_assign_settings(change, *request.settings, context);
  else if (request.snaps.empty())
    add_look_for_updates(change, context);
  auto count = change.tasks.size() + (context.after ? 1 : 0);
  if (count > limits::change_tasks)
    throw failure{"cannot plan change: it takes " + std::to_string(count) + " tasks, and at most " +
                  std::to_string(limits::change_tasks) + " are allowed"};
  return change;
}

change_record plan_waiting(const operation_request& request, const plan_context& context) {
  check_request(request);
  auto change = describe(request, context);
  auto snaps = in_order(request, context);
  for (std::size_t i = 0; i < snaps.size(); ++i)
    for (auto& op : operations_of(*snaps[i].wanted, lane_at(request, i)))
      change.operations.push_back(std::move(op));
  json::object setup{{"retain", request.retain}, {"keeps-snapshots", request.keeps_snapshots}};
  if (request.refreshes_all)
    setup["all"] = true;
  if (request.on_running_apps == running_apps::fail)
    setup["running-apps"] = "fail";
  else if (request.on_running_apps == running_apps::ignore)
    setup["running-apps"] = "ignore";
  if (request.wait_for_apps_at_most)
    setup["wait-for-apps"] = request.wait_for_apps_at_most->count();
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
  request.is_automatic = change.kind == "auto-refresh";
  auto setup = json::parse_object(change.tasks.front().setup);
  request.retain = static_cast<int>(json::int_or(setup, "retain", request.retain));
  request.keeps_snapshots = json::bool_or(setup, "keeps-snapshots", true);
  request.refreshes_all = json::bool_or(setup, "all");
  auto policy = json::string_or(setup, "running-apps");
  if (!policy.empty())
    request.on_running_apps = policy == "fail" ? running_apps::fail : running_apps::ignore;
  if (auto limit = json::int_or(setup, "wait-for-apps"))
    request.wait_for_apps_at_most = duration{limit};
  std::set<lane_number> lanes;
  for (const auto& op : change.operations) {
    auto is_next_step = op.download && !request.snaps.empty() && request.snaps.back().snap == op.snap;
    if (!is_next_step) {
      auto& wanted = request.snaps.emplace_back();
      wanted.verb = op.verb;
      wanted.snap = op.snap;
      if (op.verb == "remove" || op.verb == "revert" || is_about_snapshots(op.verb))
        wanted.rev = op.rev;
      wanted.snapshot_set = op.snapshot_set;
      wanted.app = op.app;
      wanted.alias = op.alias;
      wanted.unaliased = op.unaliased;
      wanted.aliases_removed = op.aliases_removed;
      wanted.services = op.services;
      wanted.for_good = op.for_good;
      wanted.connections = op.connections;
      wanted.forget = op.forget;
      wanted.config = op.config;
      wanted.channel = op.channel;
      wanted.origin = op.origin;
      wanted.given_path = op.given_path;
      wanted.flags = op.flags;
      wanted.purge = op.purge;
      wanted.force = op.force;
      wanted.is_prerequisite = op.is_prerequisite;
      wanted.missing = op.missing;
      if (!op.download) {
        wanted.info = op.info;
        wanted.image = op.image;
      }
    }
    if (op.download)
      request.snaps.back().steps.push_back({op.rev, op.info, op.download, {}});
    lanes.insert(op.lane);
  }
  if (request.snaps.size() > 1 && lanes.size() == 1)
    request.transaction = transaction::all_snaps;
  return request;
}

} // namespace troupe
