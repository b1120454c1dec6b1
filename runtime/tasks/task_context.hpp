#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "messages/hook_context.hpp"
#include "messages/wait_reason.hpp"
#include "messages/work.hpp"
#include "runtime/host/ports.hpp"
#include "runtime/interfaces/known_interfaces.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/wiring.hpp"
#include "runtime/snap/layout.hpp"
#include "runtime/snapshots/snapshot_shelf.hpp"
#include "runtime/store/stores.hpp"

namespace troupe {

/// What all tasks on this host share.
struct task_host {
  const layout& paths;
  const host::ports& os;
  std::filesystem::path launcher; ///< The program that snap/bin links to.
  bool bases_have_roots = false;  ///< Whether processes may get their base's files as their root.
  std::shared_ptr<troupe::stores> stores{};    ///< Where snaps are downloaded from.
  std::shared_ptr<snapshot_shelf> snapshots{}; ///< Where snapshots of snaps' data are.
  const interface_book& interfaces = known_interfaces();
  policy_system system{}; ///< What rules on interfaces are applied to.
};

/// All that a task's perform or undo may look at and use.
struct task_context {
  const task_host& host;
  task_job_ptr job;
  snap_state_ptr state{};      ///< Of snap(), as it stands.
  snap_state_ptr base_state{}; ///< Of the base that the snap names; null where it isn't installed.
  json::object setup{};        ///< From the plan.
  json::object memo{};         ///< What the do side left for the undo.
  json::object memo_before{};  ///< What the task before left.
  hook_access access{};        ///< For a kind that has a context: by what its process is known.
  std::stop_token stop{};
  std::function<void(const task_progress&)> advance{};
  std::function<void(const wait_reason&)> waits{}; ///< Says what a handler that goes on later waits for.
  std::vector<std::string> log{};                  ///< Lines for the task's log.
  bool is_forced = false; ///< What needs a vacancy goes on without: the operator's time limit is over.
  std::string passed_over{}; ///< Why a hook that undoes isn't run, or empty.
  wiring* wires = nullptr;   ///< For a kind at the switchboard, which holds it still meanwhile.
  duration waited{};         ///< For a handler while_waiting: for how long the snap has been waited for.

  const operation& op() const { return *job->op; }
  const layout& paths() const { return host.paths; }
  const host::ports& os() const { return host.os; }

  /// The snap this task is about: its set-up's, which may be one at the other end of a connection, or
  /// the operation's.
  std::string snap() const { return json::string_or(setup, "snap", op().snap); }

  /// The revision of it: the set-up's, the operation's, or the current one.
  revision rev() const;

  /// Whether info() can be told.
  bool knows_info() const;

  /// The metadata of rev().
  const snap_info& info() const;
};

/// The outcome "done" with at most one update of the operation's snap.
outcome done();
outcome done(const task_context& context, snap_update update, const json::object& memo = {});

} // namespace troupe
