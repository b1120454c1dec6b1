#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "messages/change.hpp"
#include "messages/request.hpp"
#include "runtime/rules/interface_definition.hpp"
#include "runtime/rules/interface_policy.hpp"

namespace troupe {

/// What a plan is made from, besides the request.
struct plan_context {
  change_id change;
  time_point now;
  std::function<task_id()> next_task;            ///< Gives out ids in ascending order.
  std::map<std::string, snap_state_ptr> claimed; ///< The request's snaps, as their claims found them.
  const std::map<std::string, snap_state_ptr>* installed = nullptr; ///< All snaps on the host.
  std::vector<const operation*> under_way;    ///< Of the other changes that aren't ready.
  std::optional<task_id> after;               ///< A task that all others wait for.
  std::string spool;                          ///< The directory that images are downloaded to.
  const interface_book* interfaces = nullptr; ///< Whose rules on installations count; null: none.
  policy_system system{};                     ///< What they are applied to.
};

/// Decides which tasks a request takes. The operations and their lanes are in the order in which snaps
/// need each other: what others run on is installed and enabled before them, and removed and disabled
/// after them. Only such lanes wait for each other. Of one lane for all snaps, nothing is discarded
/// before all that can be undone is done.
/// Throws failure where the request can't be carried out: unknown or installed already, wrong state,
/// missing base, a base that others use. Source: reference "Task lists" and "Conflicts and order".
change_record plan(const operation_request& request, const plan_context& context);

/// The change for a request whose snaps aren't owned yet: its operations with their lanes, and one task
/// claim-snaps in lane 0, whose setup holds `until`, in nanoseconds since the epoch, where the request
/// limits the wait. Nothing claimed is needed. Checks only what the request says by itself.
change_record plan_waiting(const operation_request& request, const plan_context& context);

/// The request that a change was made from, to plan it again; without its policy on conflicts.
operation_request request_of(const change_record& change);

/// The word of a change that does this, for instance install-snap.
std::string change_kind(const operation_request& request);

} // namespace troupe
