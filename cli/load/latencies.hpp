#pragma once

#include <cstddef>
#include <vector>

namespace troupe::load {

/// In milliseconds; all 0 where there is no sample.
struct latency_summary {
  std::size_t count = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double p999 = 0;
  double max = 0;
};

/// The smallest sample that at least this share of the samples, 0 to 1, doesn't exceed. `sorted`: not
/// empty, rising.
double percentile(const std::vector<float>& sorted, double share);

/// Exact, since a load of hours has no more samples than fit into memory.
latency_summary summary_of(std::vector<float> milliseconds);

} // namespace troupe::load
