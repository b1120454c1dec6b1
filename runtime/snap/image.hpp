#pragma once

#include <filesystem>

#include "messages/snap_info.hpp"

namespace troupe {

/// Reads and checks the metadata of a snap's image: meta/snap.yaml, the hooks in meta/hooks (added to
/// `hooks`), and that the files which applications name are there and executable. Sets image_bytes.
/// Throws failure: `cannot read snap file "X": …`, of kind snap_not_a_snap where it is no squashfs
/// image.
snap_info read_image_info(const std::filesystem::path& image);

/// As read_image_info, for a directory with an unpacked snap. image_bytes stays 0.
snap_info read_directory_info(const std::filesystem::path& directory);

/// Unpacks an image into a directory that is missing or empty, with owners and modes where the caller
/// may set them. Throws failure (insufficient_space where the disk is full); then nothing of it is left,
/// and a directory that was there is empty again.
void unpack_image(const std::filesystem::path& image, const std::filesystem::path& directory);

} // namespace troupe
