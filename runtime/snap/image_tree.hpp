#pragma once

#include <filesystem>
#include <memory>

#include "runtime/snap/snap_tree.hpp"

namespace troupe {

/// Opens a squashfs image: in this process, or through unsquashfs where libsquashfs can't undo its
/// compression. Throws failure (snap_not_a_snap where it is no such image), also where it is cut off.
std::unique_ptr<snap_tree> open_image_tree(const std::filesystem::path& image);

/// Opens an image by running unsquashfs, which knows every compression that the kernel knows.
std::unique_ptr<snap_tree> open_unsquashfs_tree(const std::filesystem::path& image);

} // namespace troupe
