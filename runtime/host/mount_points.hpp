#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What /proc/self/mountinfo tells about directories.
namespace troupe::host {

/// Decodes the octal escapes (\040 for a space) of a field of mountinfo.
std::string decode_mount_field(std::string_view field);

bool is_mount_point(const std::filesystem::path& directory);

/// The mount points on and below a directory, the innermost first; one that is mounted on twice comes
/// twice.
std::vector<std::string> mounts_below(const std::filesystem::path& directory);

/// Unmounts all that is mounted on a directory itself. What is busy is detached.
void unmount_all_at(const std::filesystem::path& directory);

} // namespace troupe::host
