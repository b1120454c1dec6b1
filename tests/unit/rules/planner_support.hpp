#pragma once

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "runtime/rules/planner.hpp"

namespace troupe::planner_tests {

inline snap_info_ptr info_of(const std::string& name, const std::vector<std::string>& hooks = {},
                             const std::string& base = {}, snap_type type = snap_type::app) {
  auto info = std::make_shared<snap_info>();
  info->name = name;
  info->version = "1.0";
  info->base = base;
  info->type = type;
  for (const auto& hook : hooks)
    info->hooks.push_back({hook, {}, {}, {}, {}});
  return info;
}

inline snap_info_ptr app_on(const std::string& name, const std::string& base) {
  return info_of(name, {}, base);
}

inline snap_info_ptr base_of(const std::string& name) { return info_of(name, {}, {}, snap_type::base); }

inline snap_state_ptr installed(const std::string& name, std::vector<int> revisions, bool active = true,
                                const snap_info_ptr& info = nullptr) {
  auto state = std::make_shared<snap_state>();
  state->name = name;
  for (auto number : revisions)
    state->revisions.push_back({{number}, info ? info : info_of(name), {}});
  state->current = {revisions.back()};
  state->active = active;
  return state;
}

inline snap_state_ptr installed(const snap_info_ptr& info) {
  return installed(info->name, {-1}, true, info);
}

/// A host with these snaps on it, on which requests are planned.
struct host_plan {
  std::map<std::string, snap_state_ptr> snaps;
  std::uint64_t last_task = 0;
  std::vector<operation> under_way;
  std::optional<task_id> after;

  explicit host_plan(const std::vector<snap_state_ptr>& states = {}) {
    for (const auto& state : states)
      snaps.emplace(state->name, state);
  }

  plan_context context(const operation_request& wanted) {
    plan_context result;
    result.change = {7};
    result.now = time_point{std::chrono::seconds{100}};
    result.next_task = [this] { return task_id{++last_task}; };
    result.installed = &snaps;
    result.after = after;
    result.spool = "/spool";
    for (const auto& other : under_way)
      result.under_way.push_back(&other);
    for (const auto& one : wanted.snaps) {
      auto none = std::make_shared<snap_state>();
      none->name = one.snap;
      result.claimed[one.snap] = snaps.contains(one.snap) ? snaps.at(one.snap) : none;
    }
    return result;
  }

  change_record plan(const operation_request& wanted) { return troupe::plan(wanted, context(wanted)); }

  change_record plan(const std::vector<snap_request>& wanted, transaction how = transaction::per_snap) {
    operation_request request;
    request.snaps = wanted;
    request.uid = 1000;
    request.transaction = how;
    return plan(request);
  }

  change_record plan(const snap_request& wanted) { return plan(std::vector{wanted}); }
};

inline snap_request request(const std::string& verb, const std::string& name) {
  snap_request wanted;
  wanted.verb = verb;
  wanted.snap = name;
  return wanted;
}

inline std::vector<snap_request> requests(const std::string& verb,
                                          const std::vector<std::string>& names) {
  std::vector<snap_request> result;
  for (const auto& name : names)
    result.push_back(request(verb, name));
  return result;
}

inline snap_request install(const std::string& name, const snap_info_ptr& info) {
  auto wanted = request("install", name);
  wanted.info = info;
  wanted.image = "/spool/upload-1";
  wanted.given_path = name + ".snap";
  return wanted;
}

inline snap_request install(const snap_info_ptr& info) { return install(info->name, info); }

/// An operation with a revision from a store, after those that it has to step through.
inline snap_request from_store(const std::string& verb, const snap_info_ptr& info, int number,
                               const std::vector<store_revision>& steps = {}) {
  auto wanted = request(verb, info->name);
  wanted.channel = "latest/stable";
  wanted.steps = steps;
  wanted.steps.push_back({revision{number}, info, {"main", "snaps/" + info->name, 10, "ab"}, {}});
  return wanted;
}

inline std::vector<std::string> kinds(const change_record& change) {
  std::vector<std::string> result;
  for (const auto& task : change.tasks)
    result.push_back(task.kind);
  return result;
}

/// The names of a change's snaps, in the order of its operations.
inline std::vector<std::string> snaps_of(const change_record& change) {
  std::vector<std::string> result;
  for (const auto& op : change.operations)
    result.push_back(op.snap);
  return result;
}

/// The tasks of one snap's operation, in order.
inline std::vector<const task_record*> tasks_of(const change_record& change, const std::string& snap) {
  std::vector<const task_record*> result;
  for (const auto& task : change.tasks)
    if (task.operation >= 0 &&
        change.operations.at(static_cast<std::size_t>(task.operation)).snap == snap)
      result.push_back(&task);
  return result;
}

} // namespace troupe::planner_tests
