#include "runtime/host/remove_entry.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/mount_points.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

/// Directories below this level are moved up to the top one, so that depth costs no descriptors.
constexpr int deepest_level = 48;
/// How often a directory is emptied again while others keep filling it.
constexpr int rounds_against_writers = 100;

class tree_remover {
public:
  explicit tree_remover(const fs::path& tree) : what_{"cannot remove " + tree.string()} {}

  void remove(int parent, const std::string& name, int level) {
    if (unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT)
      return;
    if (errno != EISDIR)
      throw_errno(what_);
    if (is_removed_directory(parent, name))
      return;
    if (level > deepest_level)
      return move_to_top(parent, name);
    const file_descriptor directory = open_directory(parent, name);
    if (level == 0) {
      top_ = directory.get();
      mount_ = mount_of(top_);
    } else if (mount_of(directory.get()) != mount_) {
      throw failure{failure_kind::internal, what_ + ": something is mounted on " + name + " in it"};
    }
    int rounds = 0;
    do {
      if (level == 0)
        moved_ = false;
      for (const std::string& child : names_in(directory.get(), what_))
        remove(directory.get(), child, level + 1);
      if (is_removed_directory(parent, name))
        return;
    } while ((moved_ && level == 0) || ++rounds < rounds_against_writers);
    throw system_failure(what_, ENOTEMPTY);
  }

private:
  /// False if the directory isn't empty.
  bool is_removed_directory(int parent, const std::string& name) {
    if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT)
      return true;
    if (errno != ENOTEMPTY && errno != EEXIST)
      throw_errno(what_);
    return false;
  }

  file_descriptor open_directory(int parent, const std::string& name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    const bool privileged = geteuid() == 0;
    file_descriptor directory{openat(parent, name.c_str(), flags)};
    if (!directory && errno == EACCES && !privileged && fchmodat(parent, name.c_str(), 0700, 0) == 0)
      directory = file_descriptor{openat(parent, name.c_str(), flags)};
    if (!directory)
      throw_errno(what_);
    // Unpacked images hold directories that their owner may not write to.
    if (!privileged)
      fchmod(directory.get(), 0700);
    return directory;
  }

  void move_to_top(int parent, const std::string& name) {
    std::string target;
    do {
      target = ".deep-" + std::to_string(moves_++);
    } while (faccessat(top_, target.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0);
    if (renameat(parent, name.c_str(), top_, target.c_str()) != 0)
      throw_errno(what_);
    moved_ = true;
  }

  std::string what_;
  int top_ = -1;
  std::uint64_t mount_ = 0;
  std::uint64_t moves_ = 0;
  bool moved_ = false;
};

} // namespace

void remove_entry(const fs::path& tree) {
  const fs::path plain = without_slash(tree);
  const std::string name = plain.filename().string();
  const std::string what = "cannot remove " + tree.string();
  if (name.empty() || name == "." || name == "..")
    throw failure{failure_kind::internal, what + ": it names no entry of a directory"};
  const fs::path above = plain.has_parent_path() ? plain.parent_path() : fs::path{"."};
  const file_descriptor parent{open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!parent && (errno == ENOENT || errno == ENOTDIR))
    return;
  if (!parent)
    throw_errno(what);
  struct stat status {};
  if (fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
    return;
  if (const auto mounted = mounts_below(plain); !S_ISLNK(status.st_mode) && !mounted.empty())
    throw failure{failure_kind::internal, what + ": something is mounted on " + mounted.front()};
  tree_remover{tree}.remove(parent.get(), name, 0);
  sync_descriptor(parent.get(), what);
}

} // namespace troupe::host
