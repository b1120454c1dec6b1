#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

/// The files by which the kernel shows groups of processes.
namespace troupe::host {

/// The process ids in a file such as cgroup.procs, one a line; none if it isn't there. Throws failure if
/// it can't be read for another reason.
std::vector<pid_t> read_processes(const std::filesystem::path& file);

/// Writes a value in one call, as the kernel wants it. Throws failure `WHAT: reason`.
void write_value(const std::filesystem::path& file, std::string_view value, const std::string& what);

/// The mount point of the first mounted file system of this type whose options have this word; empty:
/// any.
std::filesystem::path mount_of_type(std::string_view type, std::string_view option = {});

} // namespace troupe::host
