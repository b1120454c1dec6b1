#include "runtime/host/durable.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>

#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished_suffix = ".troupe-new";
constexpr std::size_t chunk_bytes = 256U << 10;

void copy_by_reading(int from, int to, off_t position, off_t end, const std::string& what) {
  std::string chunk(chunk_bytes, '\0');
  while (position < end) {
    const auto wanted = std::min<off_t>(end - position, static_cast<off_t>(chunk.size()));
    const ssize_t got = pread(from, chunk.data(), static_cast<std::size_t>(wanted), position);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throw_errno(what);
    if (got == 0)
      return;
    if (lseek(to, position, SEEK_SET) < 0)
      throw_errno(what);
    write_all(to, {chunk.data(), static_cast<std::size_t>(got)}, what);
    position += got;
  }
}

void copy_data(int from, int to, off_t position, off_t end, const std::string& what) {
  while (position < end) {
    off_t source = position;
    off_t target = position;
    const ssize_t copied =
        copy_file_range(from, &source, to, &target, static_cast<std::size_t>(end - position), 0);
    if (copied > 0) {
      position += copied;
      continue;
    }
    if (copied < 0 && errno == EINTR)
      continue;
    if (copied < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
      throw_errno(what);
    // Some file systems can't do it, and some answer 0 instead of saying so.
    return copy_by_reading(from, to, position, end, what);
  }
}

} // namespace

fs::path without_slash(const fs::path& file) {
  return file.has_filename() || !file.has_relative_path() ? file : file.parent_path();
}

fs::path unfinished(const fs::path& file) {
  const fs::path plain = without_slash(file);
  return plain.parent_path() / ("." + plain.filename().string() + std::string{unfinished_suffix});
}

bool is_unfinished(std::string_view name) {
  return name.starts_with('.') && name.ends_with(unfinished_suffix);
}

void write_all(int descriptor, std::string_view text, const std::string& what) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      throw_errno(what);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void copy_content(int from, int to, std::uint64_t bytes, const std::string& what) {
  const auto end = static_cast<off_t>(bytes);
  off_t position = 0;
  while (position < end) {
    const off_t data = lseek(from, position, SEEK_DATA);
    if (data < 0 && errno == ENXIO)
      break;
    if (data < 0) {
      copy_data(from, to, position, end, what);
      break;
    }
    const off_t hole = lseek(from, data, SEEK_HOLE);
    const off_t stop = hole < 0 ? end : std::min(hole, end);
    copy_data(from, to, data, stop, what);
    position = stop;
  }
  if (ftruncate(to, end) != 0)
    throw_errno(what);
}

void sync_descriptor(int descriptor, const std::string& what) {
  if (fsync(descriptor) != 0)
    throw_errno(what);
}

void sync_path(const fs::path& file, int extra_open_flags) {
  const std::string what = "cannot sync " + file.string();
  const file_descriptor descriptor{open(file.c_str(), O_RDONLY | O_CLOEXEC | extra_open_flags)};
  if (!descriptor)
    throw_errno(what);
  sync_descriptor(descriptor.get(), what);
}

void sync_parent(const fs::path& file) {
  const fs::path parent = without_slash(file).parent_path();
  sync_path(parent.empty() ? fs::path{"."} : parent, O_DIRECTORY);
}

void rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(without_slash(from).c_str(), without_slash(to).c_str()) != 0)
    throw_errno("cannot rename " + from.string() + " to " + to.string());
  sync_parent(to);
  if (without_slash(from).parent_path() != without_slash(to).parent_path())
    sync_parent(from);
}

std::vector<std::string> names_in(int directory, const std::string& what) {
  file_descriptor copy{openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!copy)
    throw_errno(what);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{fdopendir(copy.get()), closedir};
  if (!stream)
    throw_errno(what);
  copy.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name{entry->d_name};
    if (name != "." && name != "..")
      names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0)
    throw_errno(what);
  return names;
}

std::uint64_t mount_of(int descriptor) {
  struct statx status {};
  if (statx(descriptor, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0)
    throw_errno("cannot look at a directory");
  if ((status.stx_mask & STATX_MNT_ID) != 0)
    return status.stx_mnt_id;
  return (static_cast<std::uint64_t>(status.stx_dev_major) << 32U) | status.stx_dev_minor;
}

} // namespace troupe::host
