#pragma once

#include <functional>

#include <sys/types.h>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/processes.hpp"

namespace troupe::host {

/// A started program that leads a session and a process group. One that still runs is killed with its
/// group when this goes.
class child {
public:
  /// Throws troupe::failure if the program can't be executed; nothing is left running then. `enter` is
  /// called with the process before the program is executed, and may throw; with it, the program
  /// outlives a daemon that is killed.
  explicit child(const process_spec& spec, const std::function<void(pid_t)>& enter = {});
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  pid_t pid() const { return process_; }
  int pidfd() const { return pidfd_.get(); }
  /// The end of the pipe to read standard output and standard error from; doesn't block.
  int output() const { return output_.get(); }

  void signal_group(int signal) const;

  /// Kills what is left of the group after the leader's end; returns the leader's wait status.
  int finish();

  /// Leaves the rest of the group alone after the leader's end; returns the leader's wait status.
  int reap();

private:
  void let_go(const std::function<void(pid_t)>& enter, const file_descriptor& go);

  pid_t process_ = -1;
  file_descriptor pidfd_;
  file_descriptor output_;
};

} // namespace troupe::host
