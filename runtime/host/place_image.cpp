#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

std::size_t read_at(int descriptor, std::string& chunk, off_t position, const std::string& what) {
  std::size_t filled = 0;
  while (filled < chunk.size()) {
    const ssize_t got = pread(descriptor, chunk.data() + filled, chunk.size() - filled,
                              position + static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throw_errno(what);
    if (got == 0)
      break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

bool same_content(int left, int right, const std::string& what) {
  std::string left_chunk(256U << 10, '\0');
  std::string right_chunk(left_chunk.size(), '\0');
  for (off_t position = 0;; position += static_cast<off_t>(left_chunk.size())) {
    const std::size_t filled = read_at(left, left_chunk, position, what);
    if (filled != read_at(right, right_chunk, position, what) ||
        std::memcmp(left_chunk.data(), right_chunk.data(), filled) != 0)
      return false;
    if (filled < left_chunk.size())
      return true;
  }
}

/// Whether `to` holds the image already; it is on disk then.
bool is_placed(int source, const struct stat& image, const fs::path& to, const std::string& what) {
  const file_descriptor there{open(to.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat status {};
  if (!there || fstat(there.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size != image.st_size)
    return false;
  const bool same_file = status.st_dev == image.st_dev && status.st_ino == image.st_ino;
  if (!same_file && !same_content(source, there.get(), what))
    return false;
  sync_descriptor(there.get(), what);
  return true;
}

/// A link would let whoever may write to the file change an image that is mounted.
bool is_ours_alone(const struct stat& image) {
  return image.st_uid == geteuid() && (image.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool link_image(int source, const fs::path& to) {
  const std::string opened = "/proc/self/fd/" + std::to_string(source);
  return linkat(AT_FDCWD, opened.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

void copy_image(int source, const struct stat& image, const fs::path& to, const std::string& what) {
  const file_descriptor out{open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!out)
    throw_errno(what);
  copy_content(source, out.get(), static_cast<std::uint64_t>(image.st_size), what);
  struct stat after {};
  if (fstat(source, &after) != 0 || after.st_size != image.st_size)
    throw failure{failure_kind::internal, what + ": the file changed while it was copied"};
  sync_descriptor(out.get(), what);
}

} // namespace

void real_files::place_image(const path& from, const path& to) {
  const std::string what = "cannot place " + to.string();
  const file_descriptor source{open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat image {};
  if (!source || fstat(source.get(), &image) != 0)
    throw_errno("cannot read " + from.string());
  if (!S_ISREG(image.st_mode))
    throw failure{"cannot read " + from.string() + ": it is not a regular file"};
  const path fresh = unfinished(to);
  unlink(fresh.c_str());
  if (is_placed(source.get(), image, to, what))
    return sync_parent(to);
  try {
    if (is_ours_alone(image) && link_image(source.get(), fresh))
      sync_descriptor(source.get(), what);
    else
      copy_image(source.get(), image, fresh, what);
    rename_durably(fresh, to);
  } catch (...) {
    unlink(fresh.c_str());
    throw;
  }
}

} // namespace troupe::host
