#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "messages/ids.hpp"
#include "messages/process.hpp"
#include "messages/time.hpp"

/// Why an unready task isn't going on; each has exactly one primary reason.
namespace troupe::waits {

/// A task before it isn't ready.
struct predecessor {
  task_id task;
  bool operator==(const predecessor&) const = default;
};

/// Another change owns the snap.
struct claim {
  std::string snap;
  change_id owner;
  bool operator==(const claim&) const = default;
};

/// The scheduler keeps the lane out because of another.
struct admission {
  lane_key other;
  std::string rule;
  bool operator==(const admission&) const = default;
};

/// Processes of the snap are alive.
struct apps_running {
  std::string snap;
  std::vector<snap_process> processes; ///< None: one is just being started.
  bool operator==(const apps_running&) const = default;
};

/// Somebody holds it until a time.
struct hold {
  std::string who;
  time_point until;
  bool operator==(const hold&) const = default;
};

/// It is tried again at a time.
struct retry {
  time_point at;
  std::string cause;
  bool operator==(const retry&) const = default;
};

/// It is in a pool's queue for a free performer.
struct slot {
  std::string pool;
  bool operator==(const slot&) const = default;
};

/// Another hook of the snap runs, for this lane or for another one.
struct hook_turn {
  std::string snap;
  bool operator==(const hook_turn&) const = default;
};

/// A lane that makes something it needs isn't ready.
struct prerequisite {
  lane_key lane;
  bool operator==(const prerequisite&) const = default;
};

/// Somebody outside has to resolve it, for instance by a restart of the host.
struct restart {
  bool operator==(const restart&) const = default;
};

/// Nothing: it will run at once. Where this lasts, something of ours is broken.
struct runnable {
  bool operator==(const runnable&) const = default;
};

/// For nothing but its own end: it runs.
struct running {
  time_point since;
  bool operator==(const running&) const = default;
};

} // namespace troupe::waits

namespace troupe {

using wait_reason = std::variant<waits::runnable, waits::predecessor, waits::claim, waits::admission,
                                 waits::apps_running, waits::hold, waits::retry, waits::slot,
                                 waits::hook_turn, waits::prerequisite, waits::restart, waits::running>;

} // namespace troupe
