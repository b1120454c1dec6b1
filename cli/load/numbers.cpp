#include "cli/load/numbers.hpp"

#include <algorithm>
#include <map>

namespace troupe::load {

std::vector<kind_latency> latencies_of(const records& all) {
  std::vector<kind_latency> result;
  for (bool until_ready : {false, true})
    for (const auto& [kind, record] : all.kinds) {
      const auto& samples = until_ready ? record.until_ready : record.until_answered;
      if (!samples.empty())
        result.push_back({kind, until_ready, summary_of(samples)});
    }
  return result;
}

std::vector<std::uint64_t> memory_by_minute(const records& all) {
  std::map<std::uint64_t, std::vector<std::uint64_t>> minutes;
  for (const auto& look : all.moments)
    if (look.daemon)
      minutes[static_cast<std::uint64_t>(look.at_s / 60)].push_back(look.daemon->memory_bytes);
  std::vector<std::uint64_t> result;
  for (auto& [minute, values] : minutes) {
    auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    result.push_back(*middle);
  }
  return result;
}

std::uint64_t refusals_in(const records& all) {
  std::uint64_t sum = 0;
  for (const auto& [sort, refusal] : all.refusals)
    sum += refusal.count;
  return sum;
}

std::uint64_t endings_in(const records& all, ending how) {
  std::uint64_t sum = 0;
  for (const auto& [kind, record] : all.kinds)
    if (auto found = record.endings.find(how); found != record.endings.end())
      sum += found->second;
  return sum;
}

std::uint64_t written_by_daemon(const load_result& result) {
  if (!result.before || !result.after || result.after->written_bytes < result.before->written_bytes)
    return 0;
  return result.after->written_bytes - result.before->written_bytes;
}

std::string pace_in_words(const load_options& options) {
  auto clients = std::to_string(options.clients) + (options.clients == 1 ? " client" : " clients");
  if (options.per_second <= 0)
    return clients + " as fast as they go";
  char rate[32];
  std::snprintf(rate, sizeof rate, "%g", options.per_second);
  return clients + " at " + rate + " operations/s";
}

double per_second(const load_result& result, std::uint64_t count) {
  return result.seconds > 0 ? static_cast<double>(count) / result.seconds : 0;
}

} // namespace troupe::load
