#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/load/latencies.hpp"
#include "cli/load/load_run.hpp"

namespace troupe::load {

/// Latencies of one kind of operation, up to the answer or up to the end of the change.
struct kind_latency {
  operation_kind kind = operation_kind::list;
  bool until_ready = false;
  latency_summary summary;
};

/// Those that have samples: first up to the answers, then up to the ends.
std::vector<kind_latency> latencies_of(const records& all);

/// The median of the daemon's memory in each minute that was looked at.
std::vector<std::uint64_t> memory_by_minute(const records& all);

/// All refusals, and all changes that ended so.
std::uint64_t refusals_in(const records& all);
std::uint64_t endings_in(const records& all, ending how);

/// Bytes that the daemon wrote during the load; 0 where that can't be told.
std::uint64_t written_by_daemon(const load_result& result);

/// "8 clients at 50 operations/s".
std::string pace_in_words(const load_options& options);

double per_second(const load_result& result, std::uint64_t count);

} // namespace troupe::load
