#include "runtime/snapshots/pack_tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "messages/failure.hpp"
#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"
#include "runtime/snapshots/archive_output.hpp"

namespace troupe::snapshots {

namespace {

namespace fs = std::filesystem;

constexpr int open_directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::size_t chunk_bytes = 256U << 10;
/// What a hole reads as; libarchive is given it, and leaves it out.
constexpr std::array<char, chunk_bytes> zeros{};

struct extent {
  off_t begin;
  off_t end;
};

/// The parts of a file that aren't holes.
std::vector<extent> extents_of(int file, off_t bytes) {
  std::vector<extent> result;
  off_t position = 0;
  while (position < bytes) {
    const off_t data = lseek(file, position, SEEK_DATA);
    if (data < 0 && errno == ENXIO)
      break;
    if (data < 0)
      return {{0, bytes}};
    const off_t hole = lseek(file, data, SEEK_HOLE);
    const off_t end = hole < 0 ? bytes : std::min(hole, bytes);
    if (data >= end)
      break;
    result.push_back({data, end});
    position = end;
  }
  return result;
}

/// Packs what lies in one directory. The source may belong to somebody who changes it meanwhile, so
/// every name is opened once, without following links, and judged by what was opened.
class tree_packer {
public:
  tree_packer(const fs::path& tree, archive_output& output, std::uint64_t& done, const snapshot_run& run)
      : tree_{tree}, output_{output}, done_{done}, run_{run} {}

  void pack_directory(int directory, const fs::path& below, std::size_t level) {
    if (level > limits::copied_tree_levels)
      throw failure{failure_kind::internal, what(below) + ": more than " +
                                                std::to_string(limits::copied_tree_levels) +
                                                " directories are nested in it"};
    if (level == 0)
      mount_ = host::mount_of(directory);
    struct stat status {};
    if (fstat(directory, &status) != 0)
      host::throw_errno(what(below));
    auto member = member_of(level == 0 ? fs::path{"."} : below, status);
    add_attributes(member.get(), directory, below);
    begin(member.get(), below);
    if (host::mount_of(directory) != mount_)
      return leave_out(below, "something is mounted on it");
    auto names = host::names_in(directory, what(below));
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
      pack_entry(directory, below / name, level);
  }

  std::uint64_t data_bytes() const { return data_bytes_; }

private:
  /// Applications may run while they are saved; a name that goes meanwhile is none.
  void pack_entry(int directory, const fs::path& below, std::size_t level) {
    const std::string name = below.filename().string();
    struct stat status {};
    if (fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT)
        return;
      host::throw_errno(what(below));
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR: {
      const host::file_descriptor opened{openat(directory, name.c_str(), open_directory_flags)};
      if (!opened && errno == ENOENT)
        return;
      if (!opened)
        host::throw_errno(what(below));
      return pack_directory(opened.get(), below, level + 1);
    }
    case S_IFREG:
      return pack_file(directory, below);
    case S_IFLNK:
      return pack_link(directory, below, status);
    case S_IFIFO:
      return begin(member_of(below, status).get(), below);
    case S_IFSOCK:
      return leave_out(below, "it is a socket");
    default:
      return leave_out(below, "it is a device");
    }
  }

  void pack_file(int directory, const fs::path& below) {
    const host::file_descriptor file{
        openat(directory, below.filename().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file && errno == ENOENT)
      return;
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0)
      host::throw_errno(what(below));
    if (!S_ISREG(status.st_mode))
      throw failure{failure_kind::internal, what(below) + ": it changed while it was saved"};
    auto member = member_of(below, status);
    if (status.st_nlink > 1) {
      const auto [saved, is_first] = links_.emplace(std::pair{status.st_dev, status.st_ino}, below);
      if (!is_first) {
        archive_entry_copy_hardlink(member.get(), saved->second.c_str());
        return begin(member.get(), below);
      }
    }
    if (static_cast<std::uint64_t>(status.st_size) > limits::snapshot_member_bytes)
      throw failure{what(below) + ": it is longer than " +
                    std::to_string(limits::snapshot_member_bytes) + " bytes"};
    archive_entry_set_size(member.get(), status.st_size);
    add_attributes(member.get(), file.get(), below);
    const auto extents = extents_of(file.get(), status.st_size);
    for (const auto& [data, end] : extents)
      archive_entry_sparse_add_entry(member.get(), data, end - data);
    if (extents.empty() && status.st_size > 0)
      archive_entry_sparse_add_entry(member.get(), 0, 0);
    begin(member.get(), below);
    write_content(file.get(), extents, status.st_size, below);
  }

  void write_content(int file, const std::vector<extent>& extents, off_t bytes, const fs::path& below) {
    off_t position = 0;
    for (const auto& [data, end] : extents) {
      write_zeros(data - position);
      write_data(file, data, end, below);
      position = end;
    }
    write_zeros(bytes - position);
  }

  void write_data(int file, off_t position, off_t end, const fs::path& below) {
    while (position < end) {
      stop_if_asked();
      const auto wanted = std::min<off_t>(end - position, static_cast<off_t>(chunk_.size()));
      ssize_t got = pread(file, chunk_.data(), static_cast<std::size_t>(wanted), position);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        host::throw_errno(what(below));
      // A file that shrinks meanwhile ends in zeros: its length is in the archive already.
      if (got == 0) {
        data_bytes_ += static_cast<std::uint64_t>(end - position);
        return write_zeros(end - position);
      }
      output_.write(chunk_.data(), static_cast<std::size_t>(got));
      position += got;
      data_bytes_ += static_cast<std::uint64_t>(got);
      done_ += static_cast<std::uint64_t>(got);
      if (run_.advance)
        run_.advance(done_);
    }
  }

  void write_zeros(off_t count) {
    while (count > 0) {
      stop_if_asked();
      const auto part = std::min<off_t>(count, static_cast<off_t>(zeros.size()));
      output_.write(zeros.data(), static_cast<std::size_t>(part));
      count -= part;
    }
  }

  void pack_link(int directory, const fs::path& below, const struct stat& status) {
    std::string text(PATH_MAX, '\0');
    const ssize_t length = readlinkat(directory, below.filename().c_str(), text.data(), text.size() - 1);
    if (length < 0 && errno == ENOENT)
      return;
    if (length < 0)
      host::throw_errno(what(below));
    text.resize(static_cast<std::size_t>(length));
    auto member = member_of(below, status);
    archive_entry_copy_symlink(member.get(), text.c_str());
    begin(member.get(), below);
  }

  void begin(archive_entry* member, const fs::path& below) {
    stop_if_asked();
    if (++members_ > limits::snapshot_members)
      throw failure{what(below) + ": there are more than " + std::to_string(limits::snapshot_members) +
                    " files"};
    output_.begin(member);
  }

  /// Access lists are attributes too, and kept as the bytes that the kernel gives.
  void add_attributes(archive_entry* member, int file, const fs::path& below) {
    const ssize_t size = flistxattr(file, nullptr, 0);
    if (size <= 0)
      return;
    std::string names(static_cast<std::size_t>(size), '\0');
    const ssize_t listed = flistxattr(file, names.data(), names.size());
    if (listed < 0)
      host::throw_errno(what(below));
    std::string value(XATTR_SIZE_MAX, '\0');
    std::size_t total = 0;
    for (const char* name = names.data(); name < names.data() + listed;
         name += std::string_view{name}.size() + 1) {
      const ssize_t length = fgetxattr(file, name, value.data(), value.size());
      if (length < 0 && errno == ENODATA)
        continue;
      if (length < 0)
        host::throw_errno(what(below));
      total += std::string_view{name}.size() + static_cast<std::size_t>(length);
      archive_entry_xattr_add_entry(member, name, value.data(), static_cast<std::size_t>(length));
    }
    if (total > limits::snapshot_attribute_bytes)
      throw failure{what(below) + ": its extended attributes are larger than " +
                    std::to_string(limits::snapshot_attribute_bytes) + " bytes"};
  }

  static entry_ptr member_of(const fs::path& name, const struct stat& status) {
    entry_ptr member{archive_entry_new()};
    archive_entry_copy_pathname(member.get(), name.c_str());
    archive_entry_set_mode(member.get(), status.st_mode);
    archive_entry_set_uid(member.get(), status.st_uid);
    archive_entry_set_gid(member.get(), status.st_gid);
    archive_entry_set_atime(member.get(), status.st_atim.tv_sec, status.st_atim.tv_nsec);
    archive_entry_set_mtime(member.get(), status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    archive_entry_set_size(member.get(), 0);
    return member;
  }

  void leave_out(const fs::path& below, const std::string& why) const {
    if (run_.log)
      run_.log("left " + in_quotes((tree_ / below).native()) + " out of the snapshot: " + why);
  }

  void stop_if_asked() const {
    if (run_.stop.stop_requested())
      throw failure{failure_kind::internal, what({}) + ": it was stopped"};
  }

  std::string what(const fs::path& below) const {
    return "cannot save " + in_quotes((below.empty() ? tree_ : tree_ / below).native());
  }

  fs::path tree_;
  archive_output& output_;
  std::uint64_t& done_;
  const snapshot_run& run_;
  std::uint64_t mount_ = 0;
  std::size_t members_ = 0;
  std::uint64_t data_bytes_ = 0;
  std::string chunk_ = std::string(chunk_bytes, '\0');
  std::map<std::pair<dev_t, ino_t>, fs::path> links_;
};

} // namespace

snapshot_archive pack_tree(const std::string& name, const fs::path& tree, int to, std::uint64_t& done,
                           const snapshot_run& run) {
  const std::string what = "cannot save " + in_quotes(tree.native());
  const host::file_descriptor top{open(tree.c_str(), open_directory_flags)};
  if (!top)
    host::throw_errno(what);
  archive_output output{to, what};
  tree_packer packer{tree, output, done, run};
  packer.pack_directory(top.get(), {}, 0);
  output.end();
  return {name, output.bytes(), output.unpacked_bytes(), packer.data_bytes(), output.finish_digest()};
}

} // namespace troupe::snapshots
