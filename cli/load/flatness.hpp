#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace troupe::load {

using namespace std::chrono_literals;

/// Descriptors of a daemon at rest may be this many more than before the load.
inline constexpr std::uint64_t descriptor_allowance = 8;

/// Memory is flat if the median of the last third of a load is at most this times that of the second
/// third, plus the allowance: the first third is for caches and pools to fill.
inline constexpr double memory_factor = 1.25;
inline constexpr std::uint64_t memory_allowance_bytes = 8U << 20;

/// The memory of a shorter load says nothing.
inline constexpr auto shortest_judged_load = 30s;

struct judgement {
  bool held = true;
  std::string detail; ///< The numbers that decided.
};

judgement judge_descriptors(std::uint64_t before, std::uint64_t after);

/// Resident bytes by the seconds since the load began, in order.
judgement judge_memory(const std::vector<std::pair<double, std::uint64_t>>& samples);

/// "12.5 MiB".
std::string in_mebibytes(std::uint64_t bytes);

} // namespace troupe::load
