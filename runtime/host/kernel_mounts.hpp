#pragma once

#include <mutex>

#include "runtime/host/mounts.hpp"

namespace troupe::host {

/// Loop devices and mount(2), by system calls alone; needs CAP_SYS_ADMIN. Mounts are read-only without
/// device nodes; set-user-id programs work, as users of snapd's mounts expect.
class kernel_mounts : public mounts {
public:
  std::string_view backend() const override { return "kernel"; }
  void mount_image(const path& image, const path& directory) override;
  void unmount(const path& directory) override;
  bool is_mounted(const path& directory) override;
  std::vector<std::string> mounted_below(const path& directory) override;

private:
  /// The kernel offers the same free loop device to all who ask until one of them has taken it.
  std::mutex free_device_;
};

} // namespace troupe::host
