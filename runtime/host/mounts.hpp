#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::host {

/// Makes the content of squashfs images visible in directories. Every operation may be done twice and
/// throws troupe::failure leaving nothing half-made.
class mounts {
public:
  using path = std::filesystem::path;

  virtual ~mounts() = default;

  /// "kernel", "squashfuse" or "unpacked".
  virtual std::string_view backend() const = 0;

  /// Shows the image in a directory that is there and empty; done if it shows an image already.
  virtual void mount_image(const path& image, const path& directory) = 0;

  /// Ends what mount_image did and keeps the directory, if there was one; done if nothing is mounted.
  /// A mount that is busy is detached as a last resort: it goes from the directory at once, and its
  /// image stays in use until the last process leaves it.
  virtual void unmount(const path& directory) = 0;

  virtual bool is_mounted(const path& directory) = 0;

  /// The file systems mounted on or below a directory, the innermost first, so that they can be
  /// unmounted in this order.
  virtual std::vector<std::string> mounted_below(const path& directory) = 0;
};

} // namespace troupe::host
