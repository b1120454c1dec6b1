#pragma once

#include <cerrno>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace troupe::host::testing {

/// Runs something in a child, for what can't be undone: the child's exit status, -1 if a signal ended
/// it.
inline int status_in_child(const std::function<int()>& act) {
  const pid_t child = fork();
  if (child == 0) {
    int status = 255;
    try {
      status = act();
    } catch (...) {
    }
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The errno of a call that has failed, or 0.
inline int error_of(long result) { return result < 0 ? errno : 0; }

} // namespace troupe::host::testing
