#include "runtime/host/base_root.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <string>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/in_child.hpp"
#include "runtime/host/mount_namespace.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr std::array from_host{"dev",  "etc", "home", "media", "mnt", "proc",
                               "root", "run", "snap", "sys",   "tmp", "var"};

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
  const auto what = "cannot use base \"" + base.string() + "\"";
  const auto directory = fs::current_path();
  auto canonical_base = fs::canonical(base);
  leave_mount_namespace(what);
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
  pivot_to(canonical_base, directory, what);
}

facility probe_base_root() {
  facility result{"bases", "base", {}, {}};
  const auto enters = [] {
    enter_base("/usr", "/");
    return true;
  };
  if (!succeeds_in_child(enters)) {
    result.rejected.emplace_back("base", "this user may not give a process a root of its own here");
    result.chosen = "host files";
  }
  return result;
}

} // namespace troupe::host
