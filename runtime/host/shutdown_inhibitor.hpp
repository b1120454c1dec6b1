#pragma once

#include <string>

namespace troupe::host {

/// Has a shutdown of the host wait while snaps are between two revisions. Every operation may be done
/// twice, from any thread, and fails silently: where the host offers no such thing, nothing is delayed.
class shutdown_inhibitor {
public:
  virtual ~shutdown_inhibitor() = default;

  /// Has shutdown wait because of this snap; may take twice limits::shutdown_lock_wait.
  virtual void hold(const std::string& snap) = 0;

  /// Lets shutdown go on as far as this snap is concerned.
  virtual void release(const std::string& snap) = 0;
};

} // namespace troupe::host
