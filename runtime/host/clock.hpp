#pragma once

#include <chrono>

#include "messages/time.hpp"

namespace troupe::host {

class clock {
public:
  virtual ~clock() = default;

  virtual time_point now() const = 0;

  /// The same time in the host's time zone, as rules/refresh_windows has it; UTC unless it has another.
  virtual std::chrono::local_seconds to_local(time_point time) const;
  virtual time_point from_local(std::chrono::local_seconds time) const;
};

/// The host's wall clock.
class real_clock : public clock {
public:
  time_point now() const override;
  std::chrono::local_seconds to_local(time_point time) const override;
  time_point from_local(std::chrono::local_seconds time) const override;
};

} // namespace troupe::host
