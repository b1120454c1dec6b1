#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

#include "runtime/host/file_descriptor.hpp"

namespace troupe::host {

/// A socket on which a service says that it is ready. Source: sd_notify(3).
class notify_socket {
public:
  /// Throws troupe::failure.
  notify_socket();

  /// What NOTIFY_SOCKET has to be. The name is an abstract one, so that it works in any base's root.
  const std::string& name() const { return name_; }
  int descriptor() const { return socket_.get(); }

  /// Reads what has come; returns whether READY=1 was in it, of a process that may say so.
  bool read(const std::function<bool(pid_t)>& may_say) const;

private:
  file_descriptor socket_;
  std::string name_;
};

} // namespace troupe::host
