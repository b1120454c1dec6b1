#include "runtime/host/copy_attributes.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

/// What a new file may have from its directory rather than from what it is a copy of.
bool is_inherited(std::string_view name) {
  return name == "system.posix_acl_access" || name == "system.posix_acl_default";
}

/// A daemon without privileges keeps what it may of owners and attributes.
bool is_refused() { return errno != EPERM || geteuid() == 0; }

/// Whether the owner could be kept.
bool has_chowned(int result, const std::string& what) {
  if (result != 0 && is_refused())
    throw_errno(what);
  return result == 0;
}

/// The mode for a copy; without its owner, whoever ran it would get the daemon's rights.
mode_t mode_for(const struct stat& status, bool has_owner) {
  return status.st_mode & (has_owner ? 07777U : 01777U);
}

} // namespace

/// Something that has extended attributes: an open file, or a name that isn't followed if it is a link.
struct attribute_copier::place {
  int descriptor = -1;
  std::string path; ///< Empty: the descriptor itself.

  static place named(int directory, const std::string& name) {
    return {-1, "/proc/self/fd/" + std::to_string(directory) + "/" + name};
  }

  ssize_t list(char* room, std::size_t bytes) const {
    return path.empty() ? flistxattr(descriptor, room, bytes) : llistxattr(path.c_str(), room, bytes);
  }
  ssize_t get(const std::string& name, char* room, std::size_t bytes) const {
    return path.empty() ? fgetxattr(descriptor, name.c_str(), room, bytes)
                        : lgetxattr(path.c_str(), name.c_str(), room, bytes);
  }
  bool set(const std::string& name, std::string_view value) const {
    return (path.empty() ? fsetxattr(descriptor, name.c_str(), value.data(), value.size(), 0)
                         : lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0)) == 0;
  }
  bool remove(const std::string& name) const {
    return (path.empty() ? fremovexattr(descriptor, name.c_str())
                         : lremovexattr(path.c_str(), name.c_str())) == 0;
  }
  bool has(const std::string& name, std::string_view value) const {
    std::string room(XATTR_SIZE_MAX, '\0');
    const ssize_t length = get(name, room.data(), room.size());
    return length >= 0 && std::string_view{room.data(), static_cast<std::size_t>(length)} == value;
  }
};

attribute_copier::attribute_copier() : names_(XATTR_LIST_MAX, '\0'), value_(XATTR_SIZE_MAX, '\0') {}

// The owner comes first, because changing it clears bits of the mode and file capabilities; the mode
// comes after the attributes, because a file that its owner may not write takes none.
void attribute_copier::copy(int from, int to, const struct stat& status, const std::string& what) {
  const bool has_owner = has_chowned(fchown(to, status.st_uid, status.st_gid), what);
  copy_extended({from, {}}, {to, {}}, what);
  if (fchmod(to, mode_for(status, has_owner)) != 0)
    throw_errno(what);
  const timespec times[] = {status.st_atim, status.st_mtim};
  if (futimens(to, times) != 0)
    throw_errno(what);
}

void attribute_copier::copy_named(int from, int to, const std::string& name, const struct stat& status,
                                  const std::string& what) {
  const bool has_owner =
      has_chowned(fchownat(to, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW), what);
  copy_extended(place::named(from, name), place::named(to, name), what);
  if (!S_ISLNK(status.st_mode) && fchmodat(to, name.c_str(), mode_for(status, has_owner), 0) != 0)
    throw_errno(what);
  const timespec times[] = {status.st_atim, status.st_mtim};
  if (utimensat(to, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno(what);
}

std::vector<std::string> attribute_copier::names_of(const place& at, const std::string& what) {
  const ssize_t length = at.list(names_.data(), names_.size());
  // Gone meanwhile, or on a file system without attributes.
  if (length < 0 && (errno == ENOENT || errno == ENOTSUP))
    return {};
  if (length < 0)
    throw_errno(what);
  std::vector<std::string> result;
  // Each name ends in a zero.
  for (std::size_t at_byte = 0; at_byte < static_cast<std::size_t>(length);
       at_byte += result.back().size() + 1)
    result.emplace_back(names_.data() + at_byte);
  return result;
}

void attribute_copier::copy_extended(const place& from, const place& to, const std::string& what) {
  const auto wanted = names_of(from, what);
  for (const std::string& name : wanted)
    copy_value(from, to, name, what);
  for (const std::string& name : names_of(to, what))
    if (is_inherited(name) && std::find(wanted.begin(), wanted.end(), name) == wanted.end() &&
        !to.remove(name) && errno != ENODATA)
      throw_errno(what);
}

void attribute_copier::copy_value(const place& from, const place& to, const std::string& name,
                                  const std::string& what) {
  const ssize_t length = from.get(name, value_.data(), value_.size());
  if (length < 0 && (errno == ENODATA || errno == ENOENT))
    return;
  if (length < 0)
    throw_errno(what);
  const std::string_view value{value_.data(), static_cast<std::size_t>(length)};
  if (to.set(name, value) || errno == ENOTSUP)
    return;
  const int error = errno;
  // A label that the system's policy gave to the copy too needn't be set, nor may it always.
  if ((error == EPERM && geteuid() != 0) || to.has(name, value))
    return;
  throw system_failure(what, error);
}

} // namespace troupe::host
