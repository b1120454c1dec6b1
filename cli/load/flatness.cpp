#include "cli/load/flatness.hpp"

#include <algorithm>
#include <cstdio>

namespace troupe::load {

namespace {

using samples = std::vector<std::pair<double, std::uint64_t>>;

std::uint64_t median_between(const samples& all, double from, double to) {
  std::vector<std::uint64_t> values;
  for (const auto& [at, bytes] : all)
    if (at >= from && at <= to)
      values.push_back(bytes);
  if (values.empty())
    return 0;
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

} // namespace

std::string in_mebibytes(std::uint64_t bytes) {
  char text[48];
  std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1U << 20));
  return text;
}

judgement judge_descriptors(std::uint64_t before, std::uint64_t after) {
  return {after <= before + descriptor_allowance,
          std::to_string(before) + " before, " + std::to_string(after) + " after; " +
              std::to_string(descriptor_allowance) + " more are allowed"};
}

judgement judge_memory(const samples& all) {
  auto length = all.empty() ? 0.0 : all.back().first;
  if (length < std::chrono::duration<double>(shortest_judged_load).count())
    return {true, "not judged: the load was shorter than " +
                      std::to_string(shortest_judged_load.count()) + " s"};
  auto second = median_between(all, length / 3, length * 2 / 3);
  auto last = median_between(all, length * 2 / 3, length);
  auto most =
      static_cast<std::uint64_t>(static_cast<double>(second) * memory_factor) + memory_allowance_bytes;
  return {last <= most, "median of the second third " + in_mebibytes(second) + ", of the last " +
                            in_mebibytes(last) + "; at most " + in_mebibytes(most) + " is flat"};
}

} // namespace troupe::load
