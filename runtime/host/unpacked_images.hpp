#pragma once

#include <functional>
#include <memory>

#include "runtime/host/mounts.hpp"

namespace troupe::host {

/// Unpacks an image into a directory that is there and empty; throws on failure.
using unpack_function =
    std::function<void(const std::filesystem::path& image, const std::filesystem::path& directory)>;

/// Unpacks images instead of mounting them, for hosts that can do neither. A directory counts as mounted
/// when it isn't empty: an unpacked tree is renamed into place when it is whole and on disk.
class unpacked_images : public mounts {
public:
  explicit unpacked_images(unpack_function unpack);

  std::string_view backend() const override { return "unpacked"; }
  void mount_image(const path& image, const path& directory) override;
  void unmount(const path& directory) override;
  bool is_mounted(const path& directory) override;
  std::vector<std::string> mounted_below(const path& directory) override;

private:
  unpack_function unpack_;
};

} // namespace troupe::host
