#pragma once

#include <filesystem>
#include <string>

#include "messages/snap_info.hpp"

namespace troupe::cli {

/// Reads the metadata of a .snap file or of a directory that holds a snap. Throws failure.
snap_info read_metadata(const std::filesystem::path& path);

/// Tells whether an argument means a path rather than a snap's name: it holds a slash, ends in .snap, or
/// is no name and exists.
bool means_path(const std::string& argument);

} // namespace troupe::cli
