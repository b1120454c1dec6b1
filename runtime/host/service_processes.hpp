#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "messages/service.hpp"

namespace troupe::host {

/// What a service is started as.
struct service_spec {
  std::vector<std::string> argv;          ///< The program by its path, and its arguments.
  std::map<std::string, std::string> env; ///< The whole environment.
  std::filesystem::path cwd;
  std::string group;     ///< Which group of processes it makes and enters, e.g. snap.hello.service.web.
  bool notifies = false; ///< It is told where to say that it is ready: NOTIFY_SOCKET.
};

/// Told of a service from a thread of the port's, one call at a time; mustn't block.
struct service_listener {
  /// A piece of what its processes have written to their standard output and error; an empty one once
  /// nothing more comes. The number is that of the first process.
  std::function<void(pid_t, std::string_view)> on_output;
  /// `ready`, `exited`, and `vacated` where the exit left others.
  std::function<void(const service_event&)> on_event;
};

/// Processes that go on running: started, watched by events, ended. A first process has a session of its
/// own, /dev/null as its input, and a group that it enters before its program is executed.
class service_processes {
public:
  /// One run of a service. Once it is gone its listener isn't called any more; its first process is
  /// killed then, if it lives.
  class run {
  public:
    virtual ~run() = default;
    virtual pid_t pid() const = 0;

    /// SIGTERM to all of its processes.
    virtual void terminate() = 0;

    /// SIGKILL to all of them, frozen ones and those that they fork meanwhile too. Waits until they are
    /// gone, at most limits::process_stop_grace.
    virtual void kill() = 0;

    /// Those that are left, sorted.
    virtual std::vector<pid_t> members() = 0;
  };

  virtual ~service_processes() = default;

  /// Whether what services write is kept in files.
  virtual bool keeps_files() const { return true; }

  /// Throws troupe::failure `cannot run PROGRAM: reason`; nothing is left running then.
  virtual std::unique_ptr<run> start(const service_spec& spec, service_listener listener) = 0;
};

} // namespace troupe::host
