#pragma once

#include <memory>

#include "runtime/host/mounts.hpp"
#include "runtime/host/processes.hpp"

namespace troupe::host {

/// Mounts by the program squashfuse, which leaves a process a mount behind and outlives the daemon. A
/// mount whose process has died doesn't count as mounted and is replaced.
class squashfuse_mounts : public mounts {
public:
  explicit squashfuse_mounts(std::shared_ptr<processes> runner);

  std::string_view backend() const override { return "squashfuse"; }
  void mount_image(const path& image, const path& directory) override;
  void unmount(const path& directory) override;
  bool is_mounted(const path& directory) override;
  std::vector<std::string> mounted_below(const path& directory) override;

private:
  std::shared_ptr<processes> runner_;
};

} // namespace troupe::host
