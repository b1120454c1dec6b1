#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace troupe::load {

/// What a process uses.
struct process_numbers {
  std::uint64_t memory_bytes = 0; ///< Resident.
  std::uint64_t descriptors = 0;
  std::uint64_t threads = 0;
  std::uint64_t written_bytes = 0; ///< To disks, since it started.
};

/// Reads /proc/PID; none where that is gone or may not be read.
std::optional<process_numbers> numbers_of(pid_t pid);

/// Who listens at a socket; 0 where that is in another PID namespace. Throws failure as connect_to.
pid_t listener_of(const std::filesystem::path& socket);

/// Whether a process sees the same mounts as we; false too where that can't be told.
bool shares_mounts_with_us(pid_t pid);

} // namespace troupe::load
