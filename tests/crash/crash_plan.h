#pragma once

#include <stdint.h>

/// Shared memory between a test and the daemon that it kills. Both sides use it by atomic operations.
struct crash_plan {
  uint64_t calls; ///< How many calls that change the host or the journal the daemon has begun.
  uint64_t fatal; ///< It is killed at this call, before it has effect; 0: at none.
  char call[32];  ///< The function that it was killed at; empty while it lives.
};
