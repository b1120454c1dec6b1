#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace troupe::host {

/// Tries in a child what can't be undone: whether `act` returns true there, and throws nothing. For a
/// process with one thread.
template <class Act>
bool succeeds_in_child(Act act) {
  const pid_t child = fork();
  if (child == 0) {
    bool succeeds = false;
    try {
      succeeds = act();
    } catch (...) {
    }
    _exit(succeeds ? 0 : 1);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

} // namespace troupe::host
