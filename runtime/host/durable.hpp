#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "runtime/host/file_descriptor.hpp"

/// What the file operations have in common: names of unfinished files, whole writes, syncs.
namespace troupe::host {

/// The path without a slash at its end.
std::filesystem::path without_slash(const std::filesystem::path& file);

/// Where something is made before it is renamed to `file`: beside it, and the same each time, so that
/// the next try finds what a killed daemon left.
std::filesystem::path unfinished(const std::filesystem::path& file);

/// Whether a name in a directory is one that unfinished() gives.
bool is_unfinished(std::string_view name);

void write_all(int descriptor, std::string_view text, const std::string& what);

/// Copies `bytes` of a regular file to an empty one and keeps its holes. A source that shrinks meanwhile
/// ends in a hole.
void copy_content(int from, int to, std::uint64_t bytes, const std::string& what);

void sync_descriptor(int descriptor, const std::string& what);
void sync_path(const std::filesystem::path& file, int extra_open_flags);
void sync_parent(const std::filesystem::path& file);

/// Renames, replacing what is there, and syncs the directories.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// The names in an open directory but "." and "..".
std::vector<std::string> names_in(int directory, const std::string& what);

/// Tells apart the mounts that directories lie on.
std::uint64_t mount_of(int descriptor);

} // namespace troupe::host
