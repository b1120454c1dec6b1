#pragma once

#include <stdint.h>

/// What a call of the daemon changes; bits of a set.
enum crash_kind {
  crash_journal = 1, ///< The journal's files.
  crash_files = 2,   ///< Any other file, link or directory.
  crash_mounts = 4,  ///< A mount or loop device.
  crash_process = 8, ///< A process of the daemon begins or ends.
  crash_answer = 16, ///< A client is answered.
};

enum { crash_kinds = 5 };

/// What happens at the call that is chosen.
enum crash_action {
  crash_kill_before, ///< The daemon dies before the call has any effect.
  crash_kill_after,  ///< It dies once the call has had its effect.
  crash_fail,        ///< The call has no effect and returns an error; the daemon lives.
};

/// Shared memory between a crash test and its daemon. Both sides use the numbers by atomic operations.
struct crash_order {
  uint32_t kinds;              ///< Which calls count; a set of crash_kind.
  uint32_t action;             ///< A crash_action.
  int32_t error;               ///< The errno of crash_fail.
  int64_t left;                ///< It happens at the call that brings this from 1 to 0.
  uint64_t calls[crash_kinds]; ///< How many calls of each kind daemons have begun.
  char call[32];               ///< The function that it happened at; empty until then.
};
