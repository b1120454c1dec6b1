#include "runtime/snap/squashfs_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

/// libsquashfs's idea of an object: a struct that begins with its functions.
struct open_file {
  sqfs_file_t base;
  int fd;
  sqfs_u64 bytes;
};

const open_file* self(const void* object) { return static_cast<const open_file*>(object); }

void destroy(sqfs_object_t* object) {
  const auto* file = self(object);
  close(file->fd);
  delete file;
}

int read_at(sqfs_file_t* object, sqfs_u64 offset, void* buffer, size_t size) {
  const auto* file = self(object);
  auto* to = static_cast<char*>(buffer);
  while (size > 0) {
    if (offset >= file->bytes)
      return SQFS_ERROR_OUT_OF_BOUNDS;
    auto count = pread(file->fd, to, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return SQFS_ERROR_IO;
    if (count == 0)
      return SQFS_ERROR_OUT_OF_BOUNDS;
    to += count;
    offset += static_cast<sqfs_u64>(count);
    size -= static_cast<size_t>(count);
  }
  return 0;
}

int no_write(sqfs_file_t*, sqfs_u64, const void*, size_t) { return SQFS_ERROR_UNSUPPORTED; }
int no_truncate(sqfs_file_t*, sqfs_u64) { return SQFS_ERROR_UNSUPPORTED; }
sqfs_u64 get_size(const sqfs_file_t* object) { return self(object)->bytes; }

} // namespace

squashfs_ptr<sqfs_file_t> open_squashfs_file(const std::filesystem::path& file) {
  auto no = [&](int fd, const std::string& why) {
    if (fd >= 0)
      close(fd);
    throw failure{"cannot read snap file " + in_quotes(file.native()) + ": " + why};
  };
  // Without O_NONBLOCK a FIFO would be waited for.
  int fd = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    no(fd, std::strerror(errno));
  struct stat found {};
  if (fstat(fd, &found) != 0)
    no(fd, std::strerror(errno));
  if (!S_ISREG(found.st_mode))
    no(fd, "it isn't a regular file");
  auto* result = new open_file{.base = {.base = {.destroy = destroy, .copy = nullptr},
                                        .read_at = read_at,
                                        .write_at = no_write,
                                        .get_size = get_size,
                                        .truncate = no_truncate},
                               .fd = fd,
                               .bytes = static_cast<sqfs_u64>(found.st_size)};
  return squashfs_ptr<sqfs_file_t>{&result->base};
}

} // namespace troupe
