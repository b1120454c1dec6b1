#pragma once

#include <sqfs/error.h>
#include <sqfs/io.h>

#include <filesystem>
#include <memory>

namespace troupe {

/// Deletes what libsquashfs made.
struct squashfs_deleter {
  void operator()(void* object) const { sqfs_destroy(object); }
};

template <class Object>
using squashfs_ptr = std::unique_ptr<Object, squashfs_deleter>;

/// Opens a regular file for libsquashfs. The library's own function would let the descriptor pass on to
/// programs that are started meanwhile. Throws failure.
squashfs_ptr<sqfs_file_t> open_squashfs_file(const std::filesystem::path& file);

} // namespace troupe
