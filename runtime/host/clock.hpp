#pragma once

#include "messages/time.hpp"

namespace troupe::host {

class clock {
public:
  virtual ~clock() = default;

  virtual time_point now() const = 0;
};

/// The host's wall clock.
class real_clock : public clock {
public:
  time_point now() const override;
};

} // namespace troupe::host
