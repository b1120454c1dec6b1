#pragma once

#include <sys/types.h>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/processes.hpp"

namespace troupe::host {

/// A started program that leads a session and a process group. One that still runs is killed with its
/// group when this goes.
class child {
public:
  /// Throws troupe::failure if the program can't be executed; nothing is left running then.
  explicit child(const process_spec& spec);
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  int pidfd() const { return pidfd_.get(); }
  /// The end of the pipe to read standard output and standard error from; doesn't block.
  int output() const { return output_.get(); }

  void signal_group(int signal) const;

  /// Kills what is left of the group after the leader's end; returns the leader's wait status.
  int finish();

private:
  pid_t process_ = -1;
  file_descriptor pidfd_;
  file_descriptor output_;
};

} // namespace troupe::host
