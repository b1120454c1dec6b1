#include "runtime/snapshots/unpack_tree.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/xattr.h>

#include "messages/failure.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::snapshots {

namespace {

namespace fs = std::filesystem;

class tree_unpacker {
public:
  tree_unpacker(archive_input& from, const fs::path& fresh, std::uint64_t& done, const snapshot_run& run)
      : from_{from}, fresh_{fresh}, done_{done}, run_{run} {}

  void unpack() {
    for (member next; from_.next(next);) {
      stop_if_asked(next);
      leave_directories(next.level);
      make(next);
    }
    // One call for the whole file system costs less than one for each of thousands of small files.
    const int top = open_.front().descriptor.get();
    host::file_descriptor kept{fcntl(top, F_DUPFD_CLOEXEC, 0)};
    leave_directories(0);
    if (!kept || syncfs(kept.get()) != 0)
      host::throw_errno("cannot restore " + in_quotes(fresh_.native()));
  }

private:
  struct open_directory {
    host::file_descriptor descriptor;
    member about;
  };

  void make(member& next) {
    if (next.level == 0) {
      if (mkdir(fresh_.c_str(), 0700) != 0)
        host::throw_errno(what(next));
      return enter(AT_FDCWD, fresh_.string(), next);
    }
    const int parent = open_.back().descriptor.get();
    const std::string name = next.path.substr(next.path.rfind('/') + 1);
    if (next.is_hard_link)
      return make_hard_link(parent, name, next);
    switch (next.mode & S_IFMT) {
    case S_IFDIR:
      if (mkdirat(parent, name.c_str(), 0700) != 0)
        host::throw_errno(what(next));
      return enter(parent, name, next);
    case S_IFREG:
      return make_file(parent, name, next);
    case S_IFLNK:
      if (symlinkat(next.link_target.c_str(), parent, name.c_str()) != 0)
        host::throw_errno(what(next));
      return finish_named(parent, name, next);
    default:
      if (mkfifoat(parent, name.c_str(), 0600) != 0)
        host::throw_errno(what(next));
      finish_named(parent, name, next);
      if (fchmodat(parent, name.c_str(), next.mode & 07777, 0) != 0)
        host::throw_errno(what(next));
    }
  }

  /// A directory gets its attributes when all in it is made: they may forbid that, and its time would
  /// change.
  void enter(int parent, const std::string& name, member& about) {
    host::file_descriptor opened{
        openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!opened)
      host::throw_errno(what(about));
    open_.push_back({std::move(opened), std::move(about)});
  }

  void leave_directories(std::size_t level) {
    while (open_.size() > level) {
      finish(open_.back().descriptor.get(), open_.back().about);
      open_.pop_back();
    }
  }

  void make_file(int parent, const std::string& name, const member& about) {
    const host::file_descriptor file{
        openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!file)
      host::throw_errno(what(about));
    for (data_block block; from_.next_block(block);) {
      stop_if_asked(about);
      write_block(file.get(), block, about);
      done_ += block.bytes.size();
      if (run_.advance)
        run_.advance(done_);
    }
    if (ftruncate(file.get(), static_cast<off_t>(about.bytes)) != 0)
      host::throw_errno(what(about));
    finish(file.get(), about);
  }

  /// Goes to the target name by name, since a symbolic link of the archive may be one of them.
  void make_hard_link(int parent, const std::string& name, const member& about) const {
    const fs::path target = about.link_target;
    host::file_descriptor directory{fcntl(open_.front().descriptor.get(), F_DUPFD_CLOEXEC, 0)};
    for (const auto& step : target.parent_path()) {
      if (!directory)
        break;
      directory = host::file_descriptor{
          openat(directory.get(), step.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    }
    const std::string last = target.filename();
    struct stat status {};
    if (!directory || fstatat(directory.get(), last.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
      from_.refuse("it is a hard link to " + in_quotes(about.link_target) +
                   ", which isn't a file before it");
    if (linkat(directory.get(), last.c_str(), parent, name.c_str(), 0) != 0)
      host::throw_errno(what(about));
  }

  void write_block(int file, data_block block, const member& about) const {
    while (!block.bytes.empty()) {
      const ssize_t written =
          pwrite(file, block.bytes.data(), block.bytes.size(), static_cast<off_t>(block.offset));
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        host::throw_errno(what(about));
      block.bytes.remove_prefix(static_cast<std::size_t>(written));
      block.offset += static_cast<std::uint64_t>(written);
    }
  }

  void finish_named(int parent, const std::string& name, const member& about) const {
    if (fchownat(parent, name.c_str(), about.uid, about.gid, AT_SYMLINK_NOFOLLOW) != 0 && is_refused())
      host::throw_errno(what(about));
    if (utimensat(parent, name.c_str(), about.times, AT_SYMLINK_NOFOLLOW) != 0)
      host::throw_errno(what(about));
  }

  /// The owner comes first, because changing it clears bits of the mode and file capabilities; and the
  /// mode before an access list, of which it would change the mask.
  void finish(int file, const member& about) const {
    if (fchown(file, about.uid, about.gid) != 0 && is_refused())
      host::throw_errno(what(about));
    if (fchmod(file, about.mode & 07777) != 0)
      host::throw_errno(what(about));
    for (const auto& [name, value] : about.attributes)
      if (fsetxattr(file, name.c_str(), value.data(), value.size(), 0) != 0 && errno != ENOTSUP &&
          is_refused())
        host::throw_errno(what(about));
    if (futimens(file, about.times) != 0)
      host::throw_errno(what(about));
  }

  /// A daemon without privileges keeps what it may of owners and attributes.
  static bool is_refused() { return errno != EPERM || geteuid() == 0; }

  void stop_if_asked(const member& about) const {
    if (run_.stop.stop_requested())
      throw failure{failure_kind::internal, what(about) + ": it was stopped"};
  }

  static std::string what(const member& about) { return "cannot restore " + in_quotes(about.path); }

  archive_input& from_;
  fs::path fresh_;
  std::uint64_t& done_;
  const snapshot_run& run_;
  std::vector<open_directory> open_;
};

} // namespace

void unpack_tree(archive_input& from, const fs::path& fresh, std::uint64_t& done,
                 const snapshot_run& run) {
  tree_unpacker{from, fresh, done, run}.unpack();
}

} // namespace troupe::snapshots
