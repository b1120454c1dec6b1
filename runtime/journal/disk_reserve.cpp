#include "runtime/journal/disk_reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <utility>

namespace troupe::journal {

namespace {

bool is_allocated(int fd, std::uint64_t bytes) {
  struct stat file {};
  return fstat(fd, &file) == 0 && static_cast<std::uint64_t>(file.st_blocks) * 512U >= bytes;
}

bool has_room(int fd, std::uint64_t bytes) {
  struct statvfs disk {};
  return fstatvfs(fd, &disk) == 0 && std::uint64_t{disk.f_bavail} * disk.f_frsize >= bytes;
}

} // namespace

disk_reserve::disk_reserve(std::filesystem::path path, std::uint64_t bytes)
    : path_{std::move(path)}, bytes_{bytes} {
  restore();
}

void disk_reserve::release() noexcept {
  unlink(path_.c_str());
  released_ = true;
}

void disk_reserve::restore() noexcept {
  if (!released_)
    return;
  if (allocate())
    released_ = false;
  else
    unlink(path_.c_str());
}

bool disk_reserve::allocate() const noexcept {
  auto fd = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return false;
  auto made = is_allocated(fd, bytes_) ||
              (has_room(fd, 2 * bytes_) && posix_fallocate(fd, 0, static_cast<off_t>(bytes_)) == 0);
  close(fd);
  return made;
}

} // namespace troupe::journal
