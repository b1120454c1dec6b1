#include "runtime/host/mount_points.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <string_view>

#include <spdlog/spdlog.h>
#include <sys/mount.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

/// Mount id, parent id, device, root within the file system; from proc_pid_mountinfo(5).
constexpr int fields_before_mount_point = 4;

/// The name that mountinfo has for a directory. The directory itself isn't looked at, because the file
/// system mounted on it may be dead.
std::string mount_name(const fs::path& directory) {
  const fs::path plain = without_slash(fs::absolute(directory));
  std::error_code ignored;
  const fs::path parent = fs::weakly_canonical(plain.parent_path(), ignored);
  return ((ignored ? plain.parent_path() : parent) / plain.filename()).string();
}

template <class Function>
void for_each_mount_point(Function&& function) {
  std::ifstream table{"/proc/self/mountinfo"};
  if (!table)
    throw failure{failure_kind::internal, "cannot read /proc/self/mountinfo"};
  std::string line;
  while (std::getline(table, line)) {
    std::string_view rest{line};
    for (int skipped = 0; skipped < fields_before_mount_point; ++skipped)
      rest.remove_prefix(std::min(rest.size(), rest.find(' ') + 1));
    function(decode_mount_field(rest.substr(0, rest.find(' '))));
  }
}

bool is_octal(char digit) { return digit >= '0' && digit <= '7'; }

} // namespace

std::string decode_mount_field(std::string_view field) {
  std::string text;
  for (std::size_t at = 0; at < field.size(); ++at) {
    if (field[at] == '\\' && at + 3 < field.size() && is_octal(field[at + 1]) &&
        is_octal(field[at + 2]) && is_octal(field[at + 3])) {
      text += static_cast<char>((field[at + 1] - '0') * 64 + (field[at + 2] - '0') * 8 +
                                (field[at + 3] - '0'));
      at += 3;
    } else {
      text += field[at];
    }
  }
  return text;
}

bool is_mount_point(const fs::path& directory) {
  const std::string name = mount_name(directory);
  bool found = false;
  for_each_mount_point([&](const std::string& point) { found = found || point == name; });
  return found;
}

std::vector<std::string> mounts_below(const fs::path& directory) {
  const std::string name = mount_name(directory);
  const std::string prefix = name.ends_with('/') ? name : name + '/';
  std::vector<std::string> found;
  for_each_mount_point([&](const std::string& point) {
    if (point == name || point.starts_with(prefix))
      found.push_back(point);
  });
  std::sort(found.begin(), found.end(), std::greater<>{});
  return found;
}

void unmount_all_at(const fs::path& directory) {
  const std::string what = "cannot unmount " + directory.string();
  while (is_mount_point(directory)) {
    if (umount2(directory.c_str(), UMOUNT_NOFOLLOW) == 0)
      continue;
    if (errno == EBUSY) {
      spdlog::warn("{} is busy and is detached", directory.string());
      if (umount2(directory.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) == 0)
        continue;
    }
    // Somebody else may have unmounted it since.
    if (errno != EINVAL || is_mount_point(directory))
      throw_errno(what);
  }
}

} // namespace troupe::host
