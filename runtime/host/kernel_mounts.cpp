#include "runtime/host/kernel_mounts.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/mount_points.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

constexpr unsigned loop_major = 7;
/// How often another program may snatch the free loop device away.
constexpr int device_attempts = 200;

struct loop_device {
  std::string node;
  /// The kernel frees the device when this is closed and nothing is mounted from it.
  file_descriptor descriptor;
};

file_descriptor open_node(const std::string& node, int number) {
  file_descriptor descriptor{open(node.c_str(), O_RDONLY | O_CLOEXEC)};
  // Containers have their own /dev, where the node of a new device doesn't appear by itself.
  if (!descriptor && errno == ENOENT &&
      (mknod(node.c_str(), S_IFBLK | 0600, makedev(loop_major, static_cast<unsigned>(number))) == 0 ||
       errno == EEXIST))
    descriptor = file_descriptor{open(node.c_str(), O_RDONLY | O_CLOEXEC)};
  return descriptor;
}

loop_config configuration(const file_descriptor& image, const fs::path& name) {
  loop_config config{};
  config.fd = static_cast<__u32>(image.get());
  config.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR;
  std::strncpy(reinterpret_cast<char*>(config.info.lo_file_name), name.c_str(), LO_NAME_SIZE - 1);
  return config;
}

loop_device attach(const fs::path& image, const std::string& what) {
  const file_descriptor opened{open(image.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!opened)
    throw_errno("cannot read " + image.string());
  const file_descriptor control{open("/dev/loop-control", O_RDWR | O_CLOEXEC)};
  if (!control)
    throw_errno(what + ": /dev/loop-control");
  const loop_config config = configuration(opened, image);
  for (int attempt = 0; attempt < device_attempts; ++attempt) {
    const int number = ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0)
      throw_errno(what + ": no free loop device");
    loop_device device{"/dev/loop" + std::to_string(number), {}};
    device.descriptor = open_node(device.node, number);
    if (!device.descriptor)
      throw_errno(what + ": " + device.node);
    if (ioctl(device.descriptor.get(), LOOP_CONFIGURE, &config) == 0)
      return device;
    if (errno != EBUSY)
      throw_errno(what + ": " + device.node);
    std::this_thread::yield();
  }
  throw failure{failure_kind::internal, what + ": other programs keep taking the free loop devices"};
}

} // namespace

void kernel_mounts::mount_image(const path& image, const path& directory) {
  if (is_mounted(directory))
    return;
  const std::string what = "cannot mount " + image.string() + " on " + directory.string();
  loop_device device;
  {
    const std::lock_guard guard{free_device_};
    device = attach(image, what);
  }
  if (mount(device.node.c_str(), directory.c_str(), "squashfs", MS_RDONLY | MS_NODEV, nullptr) == 0)
    return;
  if (errno == EINVAL)
    throw failure{what + ": it is not a squashfs image, or is truncated"};
  throw_errno(what);
}

void kernel_mounts::unmount(const path& directory) { unmount_all_at(directory); }

bool kernel_mounts::is_mounted(const path& directory) { return is_mount_point(directory); }

std::vector<std::string> kernel_mounts::mounted_below(const path& directory) {
  return mounts_below(directory);
}

} // namespace troupe::host
