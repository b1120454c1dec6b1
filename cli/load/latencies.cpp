#include "cli/load/latencies.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::load {

double percentile(const std::vector<float>& sorted, double share) {
  // The product of a share such as 0.99 may come out a little above the whole number that it is.
  auto rank = std::ceil(share * static_cast<double>(sorted.size()) - 1e-9);
  auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return static_cast<double>(sorted[std::min(index, sorted.size() - 1)]);
}

latency_summary summary_of(std::vector<float> milliseconds) {
  if (milliseconds.empty())
    return {};
  std::sort(milliseconds.begin(), milliseconds.end());
  auto at = [&](double share) { return percentile(milliseconds, share); };
  return {milliseconds.size(), at(0.5), at(0.9), at(0.99), at(0.999), at(1)};
}

} // namespace troupe::load
