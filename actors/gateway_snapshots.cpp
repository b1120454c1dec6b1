#include <algorithm>

#include "actors/gateway_ask.hpp"
#include "runtime/api/snap_requests.hpp"
#include "runtime/rules/snapshot_sets.hpp"
#include "runtime/snap/names.hpp"

namespace troupe {

namespace {

void refuse_users(const json::object& body, const std::string& verb) {
  if (!json::strings(body, "users").empty())
    throw failure{
        "cannot " + verb +
        " snapshot: \"users\" must name nobody, since no user's own data is kept in snapshots"};
}

std::string verb_of(snapshot_action action) {
  switch (action) {
  case snapshot_action::check:
    return "check";
  case snapshot_action::restore:
    return "restore";
  case snapshot_action::forget:
    break;
  }
  return "forget";
}

operation_request request_with_options(const exchange_ptr& what, const json::object& body) {
  operation_request wanted;
  wanted.uid = what->what().from.uid;
  set_options(wanted, json::string_or(body, "transaction"), json::string_or(body, "conflict"));
  return wanted;
}

snap_request save_request(const std::string& name) {
  check_instance_name(name);
  snap_request wanted;
  wanted.verb = "save-snapshot";
  wanted.snap = name;
  return wanted;
}

/// What can be saved of all that is installed.
operation_request all_saved(operation_request wanted, const snap_list& installed) {
  for (const auto& state : installed)
    if (state->info())
      wanted.snaps.push_back(save_request(state->name));
  if (wanted.snaps.empty())
    throw failure{"cannot save snapshot: no snap is installed"};
  return wanted;
}

operation_request on_snapshots(operation_request wanted, snapshot_action action,
                               const std::vector<stored_snapshot>& chosen) {
  for (const auto& [file, bytes, info, fault] : chosen) {
    check_instance_name(info.snap);
    snap_request one;
    one.verb = verb_of(action) + "-snapshot";
    one.snap = info.snap;
    one.rev = info.rev;
    one.snapshot_set = info.set;
    wanted.snaps.push_back(std::move(one));
  }
  return wanted;
}

} // namespace

void gateway::stored_snapshots(const exchange_ptr& what, const std::string&) {
  auto value = [&](const std::string& key) {
    auto found = what->what().query.find(key);
    return found == what->what().query.end() ? std::string{} : found->second;
  };
  auto choice = snapshot_choice_in_query(value("set"), value("snaps"));
  ask<snapshot_list>(what, with_->snapshots, list_stored_snapshots{},
                     [choice](const snapshot_list& list) {
                       return sync(snapshots_resource(chosen_snapshots(list, choice)));
                     });
}

void gateway::act_on_snapshots(const exchange_ptr& what, const std::string&) {
  auto body = json::parse_object(what->what().body);
  auto action = snapshot_action_in_body(body);
  auto choice = snapshot_choice_in_body(body);
  refuse_users(body, verb_of(action));
  for (const auto& name : choice.snaps)
    check_instance_name(name);
  auto wanted = request_with_options(what, body);
  request(with_->snapshots, limits::actor_request, list_stored_snapshots{})
      .then(
          [=, this](const snapshot_list& list) {
            reply_failures(what, [&] {
              start_or_plan(what, body, on_snapshots(wanted, action, required_snapshots(list, choice)));
            });
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

void gateway::save_snapshots(const exchange_ptr& what, const json::object& body) {
  refuse_users(body, "save");
  auto wanted = request_with_options(what, body);
  auto result = [](change_id id) { return json::object{{"set-id", id.value}}; };
  for (const auto& name : json::strings(body, "snaps"))
    wanted.snaps.push_back(save_request(name));
  if (!wanted.snaps.empty())
    return start_or_plan(what, body, std::move(wanted), result);
  request(director_, limits::actor_request, list_snaps{})
      .then(
          [=, this](const snap_list& list) {
            reply_failures(what, [&] { start_or_plan(what, body, all_saved(wanted, list), result); });
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

} // namespace troupe
