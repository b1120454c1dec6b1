#include "runtime/host/clock.hpp"

namespace troupe::host {

time_point real_clock::now() const {
  return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

} // namespace troupe::host
