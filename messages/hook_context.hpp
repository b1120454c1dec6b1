#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/connection.hpp"
#include "messages/health.hpp"
#include "messages/ids.hpp"
#include "messages/snap_state.hpp"

namespace troupe {

/// The connection that a hook of a plug or slot is about. Attributes are JSON objects.
struct hook_connection {
  connection_ref ref;
  bool is_plug = true;            ///< Whether the hook's snap is the one with the plug.
  bool may_set = false;           ///< Only the prepare hooks set attributes, of their own end.
  std::string plug_static = "{}"; ///< From snap.yaml.
  std::string slot_static = "{}";
  std::string plug_dynamic = "{}"; ///< What hooks have set.
  std::string slot_dynamic = "{}";
};

/// Services that a hook wants started, stopped or restarted once it has ended well.
struct hook_service_command {
  std::string verb;               ///< start, stop or restart.
  std::vector<std::string> names; ///< Applications; empty: all services of the snap.
  bool for_good = false;
};

/// What a hook says by snapctl; it counts once the hook has ended well.
struct hook_words {
  std::optional<health_report> health;   ///< The last word counts.
  std::vector<std::string> config;       ///< JSON objects: by dotted names values, null to unset.
  std::optional<std::string> attributes; ///< All dynamic attributes of its own end from now on.
  std::vector<hook_service_command> services;
};

/// A run of a hook that may ask the daemon for something.
struct hook_context {
  change_id change;
  task_id task;
  std::string snap; ///< The instance name.
  std::string hook;
  revision rev;
  snap_info_ptr info;
  std::string config = "{}"; ///< As it was when the hook began, with what it has said since.
  std::optional<hook_connection> connection;
  bool is_guest = false; ///< For a change that doesn't own the snap.
  bool undo = false;     ///< It undoes what another one has done.
  std::string failed{};  ///< undo: what has failed in the change.
};

/// What the hook has said in this run; null: nothing. Written by the actor that owns the context, read
/// by the handler that runs the hook.
using said_words = std::atomic<std::shared_ptr<const hook_words>>;

/// What a running hook is known by.
struct hook_access {
  std::string cookie; ///< Only the hook's processes know it.
  std::shared_ptr<const said_words> said;
};

} // namespace troupe
