#include "runtime/rules/planner.hpp"

#include <algorithm>
#include <set>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/task_lists.hpp"

namespace troupe {

namespace {

failure refuse(const snap_request& request, const std::string& why,
               failure_kind kind = failure_kind::bad_request) {
  return {kind, "cannot " + request.verb + " snap \"" + request.snap + "\": " + why};
}

std::string users_of_base(const std::string& base,
                          const std::map<std::string, snap_state_ptr>& installed) {
  std::string users;
  for (const auto& [name, state] : installed) {
    auto uses = std::any_of(state->revisions.begin(), state->revisions.end(),
                            [&](const auto& r) { return r.info->base == base; });
    if (uses)
      users += (users.empty() ? "\"" : ", \"") + name + '"';
  }
  return users;
}

void refuse_if_base_is_used(const snap_request& request, const snap_state& state,
                            const plan_context& context) {
  if (state.info()->type != snap_type::base && state.info()->type != snap_type::os)
    return;
  for (const auto* other : context.under_way)
    if (other->info && other->info->base == request.snap)
      throw refuse(request,
                   "snap \"" + other->snap + "\", whose base it is, has \"" + other->verb +
                       "-snap\" change in progress",
                   failure_kind::change_conflict);
  auto users = users_of_base(request.snap, *context.installed);
  if (!users.empty())
    throw refuse(request, "it is the base of " + users + "; remove those first");
}

revision next_local_revision(const snap_state& state) {
  std::int32_t lowest = 0;
  for (const auto& r : state.revisions)
    lowest = std::min(lowest, r.rev.number);
  return {lowest - 1};
}

void check_base(const snap_request& request, const plan_context& context) {
  const auto& base = request.info->base;
  if (request.info->type != snap_type::app && request.info->type != snap_type::gadget)
    return;
  if (base.empty() || base == "none")
    return;
  auto found = context.installed->find(base);
  for (const auto* other : context.under_way)
    if (other->snap == base && (other->verb == "remove" || other->verb == "disable"))
      throw refuse(request,
                   "its base \"" + base + "\" has \"" + other->verb + "-snap\" change in progress",
                   failure_kind::change_conflict);
  if (found == context.installed->end() || !found->second->active)
    throw refuse(request, "its base \"" + base + "\" is not " +
                              (found == context.installed->end() ? "installed; install it first"
                                                                 : "enabled; enable it first"));
}

operation plan_install(const snap_request& request, const snap_state& state,
                       const plan_context& context) {
  if (state.is_installed())
    throw refuse(request, "it is installed already (revision " + to_string(state.current) + ")",
                 failure_kind::snap_already_installed);
  auto plain_name = request.snap.substr(0, request.snap.find('_'));
  if (plain_name != request.info->name)
    throw refuse(request, "the file holds snap \"" + request.info->name + "\"; use --name " +
                              request.info->name + "_KEY to name an instance of it");
  check_base(request, context);
  operation op;
  op.rev = next_local_revision(state);
  op.info = request.info;
  op.image = request.image;
  op.flags = request.flags;
  return op;
}

void check_installed(const snap_request& request, const snap_state& state) {
  if (!state.is_installed())
    throw refuse(request, "it is not installed", failure_kind::snap_not_installed);
}

operation plan_remove(const snap_request& request, const snap_state& state,
                      const plan_context& context) {
  check_installed(request, state);
  operation op;
  op.rev = request.rev;
  op.purge = request.purge;
  if (!request.rev) {
    refuse_if_base_is_used(request, state, context);
    return op;
  }
  if (!state.find(request.rev))
    throw refuse(request, "revision " + to_string(request.rev) + " is not installed",
                 failure_kind::snap_not_installed);
  if (request.rev == state.current && state.active)
    throw refuse(request, "revision " + to_string(request.rev) +
                              " is the active one; remove the whole snap, or disable it first");
  return op;
}

operation plan_switch_active(const snap_request& request, const snap_state& state,
                             const plan_context& context) {
  check_installed(request, state);
  auto enable = request.verb == "enable";
  if (state.active == enable)
    throw refuse(request, enable ? "it is enabled already" : "it is disabled already");
  if (!enable)
    refuse_if_base_is_used(request, state, context);
  operation op;
  op.rev = state.current;
  return op;
}

std::string summarise(const operation_request& request) {
  auto verb = request.snaps.front().verb;
  verb[0] = static_cast<char>(verb[0] - 'a' + 'A');
  std::string names;
  for (const auto& snap : request.snaps)
    names += (names.empty() ? "\"" : ", \"") + snap.snap + '"';
  auto summary = verb + " " + names + (request.snaps.size() == 1 ? " snap" : " snaps");
  const auto& first = request.snaps.front();
  if (first.verb == "install" && request.snaps.size() == 1)
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

} // namespace

std::string change_kind(const operation_request& request) {
  return request.snaps.front().verb + "-snap";
}

change_record plan(const operation_request& request, const plan_context& context) {
  change_record change;
  change.id = context.change;
  change.kind = change_kind(request);
  change.summary = summarise(request);
  change.data = data_for_client(request);
  change.requester_uid = request.uid;
  change.spawned_at = context.now;
  for (const auto& wanted : request.snaps) {
    const auto& state = *context.claimed.at(wanted.snap);
    auto op = wanted.verb == "install"  ? plan_install(wanted, state, context)
              : wanted.verb == "remove" ? plan_remove(wanted, state, context)
                                        : plan_switch_active(wanted, state, context);
    op.verb = wanted.verb;
    op.snap = wanted.snap;
    op.lane = static_cast<lane_number>(change.operations.size() + 1);
    change.operations.push_back(std::move(op));
    task_chain chain{change, context, static_cast<std::int32_t>(change.operations.size() - 1)};
    if (wanted.verb == "install")
      add_install_tasks(chain, wanted.given_path);
    else if (wanted.verb == "enable")
      add_enable_tasks(chain, state);
    else if (wanted.verb == "disable")
      add_disable_tasks(chain, state);
    else if (wanted.rev && state.revisions.size() > 1)
      add_remove_revision_tasks(chain);
    else
      add_remove_tasks(chain, state);
  }
  if (change.tasks.size() > limits::change_tasks)
    throw failure{"cannot plan change: it takes " + std::to_string(change.tasks.size()) +
                  " tasks, and at most " + std::to_string(limits::change_tasks) + " are allowed"};
  return change;
}

} // namespace troupe
