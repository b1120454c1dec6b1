#include "runtime/host/unpacked_images.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/mount_points.hpp"
#include "runtime/host/remove_entry.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr int open_directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

void sync_tree(const fs::path& tree, const std::string& what) {
  const file_descriptor opened{open(tree.c_str(), open_directory_flags)};
  if (!opened || syncfs(opened.get()) != 0)
    throw_errno(what);
}

} // namespace

unpacked_images::unpacked_images(unpack_function unpack) : unpack_{std::move(unpack)} {}

void unpacked_images::mount_image(const path& image, const path& directory) {
  const path fresh = unfinished(directory);
  remove_entry(fresh);
  if (is_mounted(directory))
    return sync_parent(directory);
  const std::string what = "cannot unpack " + image.string() + " to " + directory.string();
  try {
    if (mkdir(fresh.c_str(), 0755) != 0 || chmod(fresh.c_str(), 0755) != 0)
      throw_errno(what);
    unpack_(image, fresh);
    sync_tree(fresh, what);
    rename_durably(fresh, directory);
  } catch (...) {
    remove_entry(fresh);
    throw;
  }
}

void unpacked_images::unmount(const path& directory) {
  const path old = unfinished(directory);
  remove_entry(old);
  if (!is_mounted(directory))
    return;
  // Nobody sees half a tree: it goes by its name before it goes file by file.
  rename_durably(directory, old);
  if (mkdir(without_slash(directory).c_str(), 0755) != 0)
    throw_errno("cannot make directory " + directory.string());
  sync_parent(directory);
  remove_entry(old);
}

bool unpacked_images::is_mounted(const path& directory) {
  const std::string what = "cannot list " + directory.string();
  const file_descriptor opened{open(without_slash(directory).c_str(), open_directory_flags)};
  if (!opened && (errno == ENOENT || errno == ENOTDIR))
    return false;
  if (!opened)
    throw_errno(what);
  return !names_in(opened.get(), what).empty();
}

std::vector<std::string> unpacked_images::mounted_below(const path& directory) {
  return mounts_below(directory);
}

} // namespace troupe::host
