#include "runtime/host/root_view.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/mount_namespace.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr auto what = "cannot give the program files of its own";

// Where the host's files are, and where the new ones are put together, until the process has moved
// there.
constexpr auto host_files = "/host";
constexpr auto new_files = "/new";

mode_t type_of(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

bool is_directory(int file) { return type_of(file) == S_IFDIR; }

/// Nothing in a tree can be changed any more, nor is anything seen there that the host mounts later.
bool make_read_only(int tree, bool all_below) {
  mount_attr change{};
  change.attr_set = MOUNT_ATTR_RDONLY;
  change.propagation = all_below ? MS_PRIVATE : 0;
  const unsigned flags = AT_EMPTY_PATH | (all_below ? AT_RECURSIVE : 0U);
  return mount_setattr(tree, "", flags, &change, sizeof change) == 0;
}

/// An empty file system, not mounted anywhere yet.
file_descriptor new_file_system(const char* kind, const char* option, const char* mode) {
  const file_descriptor made{fsopen(kind, FSOPEN_CLOEXEC)};
  // The kernel's own limit of a tmpfs is half the memory.
  if (!made || fsconfig(made.get(), FSCONFIG_SET_STRING, option, mode, 0) != 0 ||
      fsconfig(made.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
    throw_errno(what);
  file_descriptor mounted{fsmount(made.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID)};
  if (!mounted)
    throw_errno(what);
  return mounted;
}

/// Puts together the files below one directory. Follows no link there: what a snap can write to must not
/// lead out of it.
class view_builder {
public:
  /// The host's files are at `host`, those to change at `root`.
  view_builder(const fs::path& host, const fs::path& root)
      : host_{open(host.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)},
        root_{open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)} {
    if (!host_ || !root_)
      throw_errno(what);
  }

  void show(const shown_path& shown) {
    const auto source = source_of(shown);
    // What isn't there at all isn't worth a word.
    if (!source && errno == ENOENT && !shown.is_needed)
      return;
    if (!source)
      return leave_out(shown, errno);
    const auto type = type_of(source.get());
    const auto place = place_for(shown.to, type == S_IFDIR);
    if (!place)
      return leave_out(shown, errno);
    const file_descriptor tree{
        open_tree(source.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE)};
    // A device or socket can be written to all the same, but not be given another owner or mode.
    const bool is_file = type == S_IFDIR || type == S_IFREG;
    if (!tree || ((!shown.writable || !is_file) && !make_read_only(tree.get(), true)) ||
        !put(tree, place))
      leave_out(shown, errno);
  }

  void give_own(const own_directory& own) {
    give(new_file_system("tmpfs", "mode", own.is_common ? "1777" : "0700"), own.at);
  }

  void give_terminals() {
    give(new_file_system("devpts", "ptmxmode", "0666"), "/dev/pts");
    link("/dev/ptmx", "pts/ptmx");
  }

  void hide(const fs::path& at) {
    const auto found = find(at);
    if (!found || type_of(found.get()) == S_IFLNK)
      return;
    if (!is_directory(found.get()))
      return show({.from = "/dev/null", .to = at, .is_needed = true});
    auto empty = new_file_system("tmpfs", "mode", "0755");
    if (!put(empty, found))
      throw_errno(what);
    hidden_.push_back(std::move(empty));
  }

  void link(const fs::path& at, const std::string& target) {
    if (const auto folder = place_for(at.parent_path(), true))
      symlinkat(target.c_str(), folder.get(), at.filename().c_str());
  }

  /// What only holds other things can't be changed from now on.
  void close() const {
    for (const auto& empty : hidden_)
      if (!make_read_only(empty.get(), false))
        throw_errno(what);
    if (!make_read_only(root_.get(), false))
      throw_errno(what);
  }

  const std::vector<std::string>& left_out() const { return left_out_; }

private:
  file_descriptor source_of(const shown_path& shown) const {
    auto from = open_in(host_, shown.from.relative_path(), RESOLVE_IN_ROOT);
    if (!from || shown.below.empty())
      return from;
    return open_in(from, shown.below,
                   RESOLVE_BENEATH | (shown.follows_links ? 0U : RESOLVE_NO_SYMLINKS));
  }

  // A link says where something is on the host, not here.
  static file_descriptor open_in(const file_descriptor& folder, const fs::path& path,
                                 std::uint64_t resolve) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = resolve | RESOLVE_NO_MAGICLINKS;
    return file_descriptor{static_cast<int>(
        syscall(SYS_openat2, folder.get(), path.empty() ? "." : path.c_str(), &how, sizeof how))};
  }

  void give(const file_descriptor& empty, const fs::path& at) {
    const auto place = place_for(at, true);
    if (!place || !put(empty, place))
      throw_errno(what);
  }

  file_descriptor find(const fs::path& at) const { return walk(at, true, false); }
  file_descriptor place_for(const fs::path& at, bool is_directory) const {
    return walk(at, is_directory, true);
  }

  /// Opens a path below the root, none with errno where it isn't there or a link is on the way.
  file_descriptor walk(const fs::path& at, bool is_directory, bool makes) const {
    file_descriptor here{fcntl(root_.get(), F_DUPFD_CLOEXEC, 0)};
    const auto relative = at.relative_path();
    for (auto part = relative.begin(); part != relative.end() && here; ++part) {
      const bool is_last = std::next(part) == relative.end();
      const bool is_file = is_last && !is_directory;
      if (makes && is_file)
        file_descriptor{
            openat(here.get(), part->c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644)};
      else if (makes)
        mkdirat(here.get(), part->c_str(), 0755);
      file_descriptor next{openat(here.get(), part->c_str(),
                                  O_PATH | O_NOFOLLOW | O_CLOEXEC | (is_last ? 0 : O_DIRECTORY))};
      here = std::move(next);
    }
    if (here && makes &&
        (type_of(here.get()) == S_IFLNK || host::is_directory(here.get()) != is_directory)) {
      errno = ENOTDIR;
      return {};
    }
    return here;
  }

  static bool put(const file_descriptor& tree, const file_descriptor& place) {
    return move_mount(tree.get(), "", place.get(), "",
                      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
  }

  void leave_out(const shown_path& shown, int why) {
    const auto text = "cannot show \"" + shown.to.string() + "\": " + std::strerror(why);
    if (shown.is_needed)
      throw failure{text};
    left_out_.push_back(text);
  }

  file_descriptor host_;
  file_descriptor root_;
  std::vector<file_descriptor> hidden_; ///< The empty file systems on it.
  std::vector<std::string> left_out_;
};

void show_programs(view_builder& builder, const fs::path& base) {
  for (const auto* name : program_folders) {
    const auto folder = host_files / base.relative_path() / name;
    std::error_code none;
    if (fs::is_symlink(folder, none))
      fs::create_symlink(fs::read_symlink(folder), fs::path{new_files} / name);
    else if (fs::is_directory(folder, none))
      builder.show({base / name, fs::path{"/"} / name, false, {}, true});
  }
}

[[noreturn]] void refuse() { throw view_not_allowed{std::string{what} + ": " + std::strerror(errno)}; }

/// The calls that all of this is made of came with Linux 5.12; nothing is changed here.
void check_kernel() {
  if (mount_setattr(-1, "", AT_EMPTY_PATH, nullptr, 0) != 0 && errno == ENOSYS)
    refuse();
}

void leave_mounts() {
  try {
    leave_mount_namespace(what);
  } catch (const failure& why) {
    throw view_not_allowed{why.what()};
  }
}

/// The process's root directory is an empty one from now on that holds its former one and a new one.
void stand_between(const fs::path& directory) {
  // A directory that is sure to be there; it is covered only until the process has moved.
  constexpr auto stand = "/proc";
  constexpr auto* options = "mode=755,size=1m";
  if (mount("troupe", stand, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
    refuse();
  if (chdir(stand) != 0 || mkdir(host_files + 1, 0755) != 0 || mkdir(new_files + 1, 0755) != 0 ||
      syscall(SYS_pivot_root, ".", host_files + 1) != 0) {
    const int error = errno;
    umount2(stand, MNT_DETACH);
    if (chdir(directory.c_str()) != 0 && chdir("/") != 0)
      throw_errno(what);
    errno = error;
    refuse();
  }
  if (chdir("/") != 0 || mount("troupe", new_files, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
    throw_errno(what);
}

} // namespace

std::vector<std::string> enter_root(const root_view& view) {
  std::error_code gone;
  const auto directory = fs::current_path(gone);
  check_kernel();
  leave_mounts();
  stand_between(directory);
  view_builder builder{host_files, new_files};
  show_programs(builder, view.base);
  for (const auto& own : view.own)
    builder.give_own(own);
  if (view.terminals)
    builder.give_terminals();
  for (const auto& shown : view.shown)
    builder.show(shown);
  for (const auto& at : view.hidden)
    builder.hide(at);
  for (const auto& shown : view.within)
    builder.show(shown);
  for (const auto& [link, target] : view.links)
    builder.link(link, target);
  builder.close();
  pivot_to(new_files, directory, what);
  return builder.left_out();
}

std::vector<std::string> show_within(const std::vector<shown_path>& within) {
  check_kernel();
  leave_mounts();
  view_builder builder{"/", "/"};
  for (const auto& shown : within)
    builder.show(shown);
  return builder.left_out();
}

} // namespace troupe::host
