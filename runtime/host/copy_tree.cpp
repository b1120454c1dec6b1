#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>

#include "runtime/host/copy_attributes.hpp"
#include "runtime/host/durable.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/remove_entry.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr int open_directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
/// Directories above this level stay open while what is nested in them is copied; the others are opened
/// again from below, so that depth costs no descriptors.
constexpr std::size_t levels_kept_open = 16;

/// A directory and its copy.
struct directory_pair {
  file_descriptor source;
  file_descriptor target;
};

/// Copies what lies in one directory to another. The source may belong to somebody who changes it
/// meanwhile, so every name is opened once, without following links, and judged by what was opened; one
/// that is gone by then is left out.
class tree_copier {
public:
  tree_copier(const fs::path& from, const directory_pair& top)
      : from_{from}, top_{top.target.get()}, mount_{mount_of(top.source.get())} {}

  void copy_directory(directory_pair& here, const fs::path& below, std::size_t level) {
    if (level > limits::copied_tree_levels)
      throw failure{failure_kind::internal, what({}) + ": more than " +
                                                std::to_string(limits::copied_tree_levels) +
                                                " directories are nested in it"};
    if (mount_of(here.source.get()) == mount_)
      for (const std::string& name : names_in(here.source.get(), what(below)))
        copy_entry(here, name, below / name, level);
    attributes_.copy(here.source.get(), here.target.get(), status_of(here.source, below), what(below));
  }

private:
  void copy_entry(directory_pair& here, const std::string& name, const fs::path& below,
                  std::size_t level) {
    struct stat status {};
    if (fstatat(here.source.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT)
        return;
      throw_errno(what(below));
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
      return copy_subdirectory(here, name, below, level);
    case S_IFREG:
      return copy_file(here, name, below);
    case S_IFLNK:
      return copy_link(here, name, status, below);
    default:
      return copy_special(here, name, status, below);
    }
  }

  void copy_subdirectory(directory_pair& here, const std::string& name, const fs::path& below,
                         std::size_t level) {
    directory_pair inner{
        .source = file_descriptor{openat(here.source.get(), name.c_str(), open_directory_flags)},
        .target = {}};
    if (!inner.source && errno == ENOENT)
      return;
    if (!inner.source || mkdirat(here.target.get(), name.c_str(), 0700) != 0)
      throw_errno(what(below));
    inner.target = file_descriptor{openat(here.target.get(), name.c_str(), open_directory_flags)};
    if (!inner.target)
      throw_errno(what(below));
    if (level < levels_kept_open)
      return copy_directory(inner, below, level + 1);
    const auto source = status_of(here.source, below);
    const auto target = status_of(here.target, below);
    here = {};
    copy_directory(inner, below, level + 1);
    here = {.source = above(inner.source, source, below), .target = above(inner.target, target, below)};
  }

  /// Opens the directory that another lies in, if it is the one it was.
  file_descriptor above(const file_descriptor& directory, const struct stat& before,
                        const fs::path& below) {
    file_descriptor opened{openat(directory.get(), "..", open_directory_flags)};
    if (!opened)
      throw_errno(what(below));
    const auto status = status_of(opened, below);
    if (status.st_dev != before.st_dev || status.st_ino != before.st_ino)
      throw failure{failure_kind::internal, what(below) + ": it was moved while it was copied"};
    return opened;
  }

  void copy_file(const directory_pair& here, const std::string& name, const fs::path& below) {
    const file_descriptor from{
        openat(here.source.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!from && errno == ENOENT)
      return;
    if (!from)
      throw_errno(what(below));
    const auto status = status_of(from, below);
    if (!S_ISREG(status.st_mode))
      throw failure{failure_kind::internal, what(below) + ": it changed while it was copied"};
    if (is_linked_to_copy(here, name, status, below))
      return;
    const file_descriptor to{openat(here.target.get(), name.c_str(),
                                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!to)
      throw_errno(what(below));
    if (mount_of(from.get()) == mount_)
      copy_content(from.get(), to.get(), static_cast<std::uint64_t>(status.st_size), what(below));
    attributes_.copy(from.get(), to.get(), status, what(below));
  }

  /// Whether this is another name of something that was copied, and the copy got that name too.
  bool is_linked_to_copy(const directory_pair& here, const std::string& name, const struct stat& status,
                         const fs::path& below) {
    if (status.st_nlink < 2)
      return false;
    const auto [copied, is_first] = links_.emplace(std::pair{status.st_dev, status.st_ino}, below);
    return !is_first && linkat(top_, copied->second.c_str(), here.target.get(), name.c_str(), 0) == 0;
  }

  void copy_link(const directory_pair& here, const std::string& name, const struct stat& status,
                 const fs::path& below) {
    if (is_linked_to_copy(here, name, status, below))
      return;
    std::string text(PATH_MAX, '\0');
    const ssize_t length = readlinkat(here.source.get(), name.c_str(), text.data(), text.size() - 1);
    if (length < 0 && errno == ENOENT)
      return;
    if (length < 0)
      throw_errno(what(below));
    text.resize(static_cast<std::size_t>(length));
    if (symlinkat(text.c_str(), here.target.get(), name.c_str()) != 0)
      throw_errno(what(below));
    attributes_.copy_named(here.source.get(), here.target.get(), name, status, what(below));
  }

  void copy_special(const directory_pair& here, const std::string& name, const struct stat& status,
                    const fs::path& below) {
    if (is_linked_to_copy(here, name, status, below))
      return;
    if (mknodat(here.target.get(), name.c_str(), status.st_mode, status.st_rdev) != 0)
      throw_errno(what(below));
    attributes_.copy_named(here.source.get(), here.target.get(), name, status, what(below));
  }

  struct stat status_of(const file_descriptor& opened, const fs::path& below) const {
    struct stat status {};
    if (fstat(opened.get(), &status) != 0)
      throw_errno(what(below));
    return status;
  }

  std::string what(const fs::path& below) const {
    return "cannot copy " + (below.empty() ? from_ : from_ / below).string();
  }

  fs::path from_;
  int top_;
  std::uint64_t mount_;
  attribute_copier attributes_;
  std::map<std::pair<dev_t, ino_t>, fs::path> links_;
};

void copy_into(const fs::path& from, file_descriptor source, const fs::path& fresh) {
  const std::string what = "cannot copy " + from.string();
  if (mkdir(fresh.c_str(), 0700) != 0)
    throw_errno(what);
  directory_pair top{.source = std::move(source),
                     .target = file_descriptor{open(fresh.c_str(), open_directory_flags)}};
  if (!top.target)
    throw_errno(what);
  tree_copier{from, top}.copy_directory(top, {}, 0);
  // One call for the whole file system costs less than one for each of thousands of small files.
  if (syncfs(top.target.get()) != 0)
    throw_errno(what);
}

} // namespace

void real_files::copy_tree(const path& from, const path& to) {
  const path fresh = unfinished(to);
  remove_entry(fresh);
  if (exists(to))
    return sync_parent(to);
  file_descriptor source{open(without_slash(from).c_str(), open_directory_flags)};
  if (!source)
    throw_errno("cannot copy " + from.string());
  try {
    copy_into(without_slash(from), std::move(source), fresh);
    rename_durably(fresh, to);
  } catch (...) {
    remove_entry(fresh);
    throw;
  }
}

} // namespace troupe::host
