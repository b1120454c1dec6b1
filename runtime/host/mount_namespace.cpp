#include "runtime/host/mount_namespace.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/in_child.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

bool write_text(const char* path, const std::string& text) {
  const file_descriptor file{open(path, O_WRONLY | O_CLOEXEC)};
  return file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Everybody stays who they are.
bool leave_user_namespace() {
  const auto uid = std::to_string(getuid());
  const auto gid = std::to_string(getgid());
  return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", uid + " " + uid + " 1") &&
         write_text("/proc/self/gid_map", gid + " " + gid + " 1") &&
         mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) == 0;
}

bool unshare_mounts() {
  if (unshare(CLONE_NEWNS) == 0)
    return mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) == 0;
  // Tried before: some systems give a user such a namespace and then no rights in it, and there is no
  // way back from one.
  if (errno == EPERM && succeeds_in_child(leave_user_namespace))
    return leave_user_namespace();
  errno = EPERM;
  return false;
}

} // namespace

void leave_mount_namespace(const std::string& what) {
  if (!unshare_mounts())
    throw_errno(what);
}

void pivot_to(const std::filesystem::path& root, const std::filesystem::path& directory,
              const std::string& what) {
  if (chdir(root.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
      umount2(".", MNT_DETACH) != 0)
    throw_errno(what);
  if (chdir(directory.c_str()) != 0 && chdir("/") != 0)
    throw_errno("cannot enter \"/\"");
}

} // namespace troupe::host
