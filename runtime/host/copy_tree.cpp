#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/remove_entry.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr int open_directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Copies what lies in one directory to another. The source may belong to somebody who changes it
/// meanwhile, so every name is opened once, without following links, and judged by what was opened.
class tree_copier {
public:
  tree_copier(const fs::path& from, int top) : from_{from}, top_{top} {}

  void copy_directory(int source, int target, const fs::path& below, std::size_t level) {
    if (level > limits::copied_tree_levels)
      throw failure{failure_kind::internal, what(below) + ": more than " +
                                                std::to_string(limits::copied_tree_levels) +
                                                " directories are nested in it"};
    if (level == 0)
      mount_ = mount_of(source);
    if (mount_of(source) == mount_)
      for (const std::string& name : names_in(source, what(below)))
        copy_entry(source, target, below / name, level);
    struct stat status {};
    if (fstat(source, &status) != 0)
      throw_errno(what(below));
    copy_attributes(source, target, status, below);
  }

private:
  void copy_entry(int source, int target, const fs::path& below, std::size_t level) {
    const std::string name = below.filename().string();
    struct stat status {};
    if (fstatat(source, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT)
        return;
      throw_errno(what(below));
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
      return copy_subdirectory(source, target, below, level);
    case S_IFREG:
      return copy_file(source, target, below);
    case S_IFLNK:
      return copy_link(source, target, status, below);
    default:
      return copy_special(target, status, below);
    }
  }

  void copy_subdirectory(int source, int target, const fs::path& below, std::size_t level) {
    const std::string name = below.filename().string();
    const file_descriptor from{openat(source, name.c_str(), open_directory_flags)};
    if (!from || mkdirat(target, name.c_str(), 0700) != 0)
      throw_errno(what(below));
    const file_descriptor to{openat(target, name.c_str(), open_directory_flags)};
    if (!to)
      throw_errno(what(below));
    copy_directory(from.get(), to.get(), below, level + 1);
  }

  void copy_file(int source, int target, const fs::path& below) {
    const std::string name = below.filename().string();
    const file_descriptor from{
        openat(source, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    struct stat status {};
    if (!from || fstat(from.get(), &status) != 0)
      throw_errno(what(below));
    if (!S_ISREG(status.st_mode))
      throw failure{failure_kind::internal, what(below) + ": it changed while it was copied"};
    if (status.st_nlink > 1 && link_to_copy(target, status, below))
      return;
    const file_descriptor to{
        openat(target, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!to)
      throw_errno(what(below));
    copy_content(from.get(), to.get(), static_cast<std::uint64_t>(status.st_size), what(below));
    copy_attributes(from.get(), to.get(), status, below);
  }

  /// Whether the file is another name of one that was copied, and the copy got that name too.
  bool link_to_copy(int target, const struct stat& status, const fs::path& below) {
    const auto [copied, is_first] = links_.emplace(std::pair{status.st_dev, status.st_ino}, below);
    return !is_first && linkat(top_, copied->second.c_str(), target, below.filename().c_str(), 0) == 0;
  }

  void copy_link(int source, int target, const struct stat& status, const fs::path& below) {
    const std::string name = below.filename().string();
    std::string text(PATH_MAX, '\0');
    const ssize_t length = readlinkat(source, name.c_str(), text.data(), text.size() - 1);
    if (length < 0)
      throw_errno(what(below));
    text.resize(static_cast<std::size_t>(length));
    if (symlinkat(text.c_str(), target, name.c_str()) != 0)
      throw_errno(what(below));
    copy_named_attributes(target, status, below);
  }

  void copy_special(int target, const struct stat& status, const fs::path& below) {
    const std::string name = below.filename().string();
    if (mknodat(target, name.c_str(), status.st_mode, status.st_rdev) != 0)
      throw_errno(what(below));
    copy_named_attributes(target, status, below);
    if (fchmodat(target, name.c_str(), status.st_mode & 07777, 0) != 0)
      throw_errno(what(below));
  }

  void copy_named_attributes(int target, const struct stat& status, const fs::path& below) {
    const std::string name = below.filename().string();
    if (fchownat(target, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0 &&
        is_refused())
      throw_errno(what(below));
    const timespec times[] = {status.st_atim, status.st_mtim};
    if (utimensat(target, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
      throw_errno(what(below));
  }

  /// The owner comes first, because changing it clears bits of the mode and file capabilities.
  void copy_attributes(int source, int target, const struct stat& status, const fs::path& below) {
    if (fchown(target, status.st_uid, status.st_gid) != 0 && is_refused())
      throw_errno(what(below));
    if (fchmod(target, status.st_mode & 07777) != 0)
      throw_errno(what(below));
    copy_extended_attributes(source, target, below);
    const timespec times[] = {status.st_atim, status.st_mtim};
    if (futimens(target, times) != 0)
      throw_errno(what(below));
  }

  void copy_extended_attributes(int source, int target, const fs::path& below) {
    const ssize_t size = flistxattr(source, nullptr, 0);
    if (size <= 0)
      return;
    std::string names(static_cast<std::size_t>(size), '\0');
    const ssize_t listed = flistxattr(source, names.data(), names.size());
    if (listed < 0)
      throw_errno(what(below));
    std::string value(XATTR_SIZE_MAX, '\0');
    for (const char* name = names.data(); name < names.data() + listed;
         name += std::char_traits<char>::length(name) + 1) {
      const ssize_t length = fgetxattr(source, name, value.data(), value.size());
      if (length < 0 && errno == ENODATA)
        continue;
      if (length < 0 ||
          (fsetxattr(target, name, value.data(), static_cast<std::size_t>(length), 0) != 0 &&
           errno != ENOTSUP && is_refused()))
        throw_errno(what(below));
    }
  }

  /// A daemon without privileges keeps what it may of owners and attributes.
  static bool is_refused() { return errno != EPERM || geteuid() == 0; }

  std::string what(const fs::path& below) const { return "cannot copy " + (from_ / below).string(); }

  fs::path from_;
  int top_;
  std::uint64_t mount_ = 0;
  std::map<std::pair<dev_t, ino_t>, fs::path> links_;
};

void copy_into(const fs::path& from, int source, const fs::path& fresh) {
  const std::string what = "cannot copy " + from.string();
  if (mkdir(fresh.c_str(), 0700) != 0)
    throw_errno(what);
  const file_descriptor target{open(fresh.c_str(), open_directory_flags)};
  if (!target)
    throw_errno(what);
  tree_copier{from, target.get()}.copy_directory(source, target.get(), {}, 0);
  // One call for the whole file system costs less than one for each of thousands of small files.
  if (syncfs(target.get()) != 0)
    throw_errno(what);
}

} // namespace

void real_files::copy_tree(const path& from, const path& to) {
  const path fresh = unfinished(to);
  remove_entry(fresh);
  if (exists(to))
    return sync_parent(to);
  const file_descriptor source{open(without_slash(from).c_str(), open_directory_flags)};
  if (!source)
    throw_errno("cannot copy " + from.string());
  try {
    copy_into(without_slash(from), source.get(), fresh);
    rename_durably(fresh, to);
  } catch (...) {
    remove_entry(fresh);
    throw;
  }
}

} // namespace troupe::host
