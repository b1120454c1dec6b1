#pragma once

#include <filesystem>
#include <string>

namespace troupe {

struct pack_options {
  std::string compression = "xz"; ///< xz, lzo, gzip, lz4 or zstd.
};

/// Packs a directory with an unpacked snap, checked as by read_directory_info, into an image.
/// `target`: a directory, where the image is called NAME_VERSION_ARCH.snap (`all` where no architecture
/// is named, `multi` for several); or the image's file name; or empty, for the working directory.
/// Returns the image's path; an image of that name is replaced. Throws failure; then nothing is left.
/// Source: the snap client's contract, section 7.
std::filesystem::path pack(const std::filesystem::path& directory, const std::filesystem::path& target,
                           const pack_options& options = {});

} // namespace troupe
