#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "runtime/host/facility.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/shutdown_inhibitor.hpp"

namespace troupe::host {

/// A delay lock of logind, one for all snaps: a descriptor that it gives by the system bus and that ends
/// with this process at the latest. Source: org.freedesktop.login1(5), Inhibit.
class logind_inhibitor : public shutdown_inhibitor {
public:
  void hold(const std::string& snap) override;
  void release(const std::string& snap) override;

  /// Tries once whether there is such a lock, and says so for `version --verbose`.
  facility probe();

private:
  void take_lock();

  std::mutex mutex_;
  std::set<std::string> snaps_; ///< Those that are held for.
  file_descriptor lock_;        ///< Open while there are any, if logind has given one.
  std::string trouble_;         ///< Why there was none, the last time; empty: there was one.
  std::optional<std::chrono::steady_clock::time_point> next_try_;
};

} // namespace troupe::host
