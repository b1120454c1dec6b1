#pragma once

#include <functional>
#include <map>
#include <string>

#include "messages/change.hpp"
#include "messages/request.hpp"

namespace troupe {

/// What a plan is made from, besides the request.
struct plan_context {
  change_id change;
  time_point now;
  std::function<task_id()> next_task;            ///< Gives out ids in ascending order.
  std::map<std::string, snap_state_ptr> claimed; ///< The request's snaps, as their claims found them.
  const std::map<std::string, snap_state_ptr>* installed = nullptr; ///< All snaps on the host.
  std::vector<const operation*> under_way; ///< Of the changes that aren't ready.
};

/// Decides which tasks a request takes, a lane for each snap.
/// Throws failure where the request can't be carried out: unknown or installed already, wrong state,
/// missing base, a base that others use. Source: reference "Task lists".
change_record plan(const operation_request& request, const plan_context& context);

/// The word of a change that does this, for instance install-snap.
std::string change_kind(const operation_request& request);

} // namespace troupe
