#include "runtime/host/base_root.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <string>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr std::array from_host{"dev",  "etc", "home", "media", "mnt", "proc",
                               "root", "run", "snap", "sys",   "tmp", "var"};

bool write_text(const char* path, const std::string& text) {
  file_descriptor file{::open(path, O_WRONLY | O_CLOEXEC)};
  return file.get() >= 0 &&
         ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Without privileges a mount namespace takes a user namespace, in which everybody stays who they are.
bool leave_mount_namespace() {
  if (::unshare(CLONE_NEWNS) == 0)
    return true;
  auto uid = std::to_string(::getuid());
  auto gid = std::to_string(::getgid());
  if (errno != EPERM || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return false;
  return write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", uid + " " + uid + " 1") &&
         write_text("/proc/self/gid_map", gid + " " + gid + " 1");
}

void show_directory(const fs::path& from, const fs::path& to) {
  if (::mkdir(to.c_str(), 0755) != 0 && errno != EEXIST)
    throw_errno("cannot make \"" + to.string() + "\"");
  if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0)
    throw_errno("cannot show \"" + from.string() + "\"");
}

void show_base(const fs::path& base, const fs::path& root, const std::set<std::string>& kept_from_host) {
  for (const auto& entry : fs::directory_iterator{base}) {
    auto name = entry.path().filename();
    if (kept_from_host.contains(name.string()))
      continue;
    if (entry.is_symlink())
      fs::create_symlink(fs::read_symlink(entry.path()), root / name);
    else if (entry.is_directory())
      show_directory(entry.path(), root / name);
  }
}

} // namespace

void enter_base(const fs::path& base, const fs::path& kept) {
  auto directory = fs::current_path();
  auto canonical_base = fs::canonical(base);
  if (!leave_mount_namespace() || ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
    throw_errno("cannot use base \"" + base.string() + "\"");
  // Opened only now: a mount of the former namespace can't be shown in this one.
  file_descriptor held{::open(canonical_base.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (held.get() < 0)
    throw_errno("cannot open base \"" + base.string() + "\"");
  std::set<std::string> names(from_host.begin(), from_host.end());
  auto relative = kept.relative_path();
  if (!relative.empty())
    names.insert(relative.begin()->string());
  // The new root stands on the base's own mount point, the one directory that is sure to be there; the
  // base's files are reached through the descriptor.
  if (::mount("troupe", canonical_base.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") != 0)
    throw_errno("cannot make a root for base \"" + base.string() + "\"");
  show_base("/proc/self/fd/" + std::to_string(held.get()), canonical_base, names);
  for (const auto& name : names)
    if (fs::is_directory("/" + name))
      show_directory("/" + name, canonical_base / name);
  if (::chdir(canonical_base.c_str()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 ||
      ::umount2(".", MNT_DETACH) != 0)
    throw_errno("cannot enter base \"" + base.string() + "\"");
  if (::chdir(directory.c_str()) != 0 && ::chdir("/") != 0)
    throw_errno("cannot enter \"/\"");
}

facility probe_base_root() {
  facility result{"bases", "base", {}, {}};
  auto child = ::fork();
  if (child == 0) {
    try {
      enter_base("/usr", "/");
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    result.rejected.emplace_back("base", "this user may not give a process a root of its own here");
    result.chosen = "host files";
  }
  return result;
}

} // namespace troupe::host
