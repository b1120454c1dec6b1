#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "messages/health.hpp"
#include "messages/ids.hpp"
#include "messages/snap_state.hpp"

namespace troupe {

/// A run of a hook that may ask the daemon for something.
struct hook_context {
  change_id change;
  task_id task;
  std::string snap; ///< The instance name.
  std::string hook;
  revision rev;
};

/// What the hook has said last in this run; null: nothing. Written by the actor that owns the context,
/// read by the handler that runs the hook.
using said_health = std::atomic<std::shared_ptr<const health_report>>;

/// What a running hook is known by.
struct hook_access {
  std::string cookie; ///< Only the hook's processes know it.
  std::shared_ptr<const said_health> health;
};

} // namespace troupe
