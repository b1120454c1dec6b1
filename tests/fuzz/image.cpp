#include "runtime/snap/image.hpp"

#include <sqfs/super.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>

#include "messages/failure.hpp"
#include "runtime/api/owned_fd.hpp"
#include "tests/fuzz/checks.hpp"

namespace troupe::fuzz {

namespace {

/// Whether libsquashfs reads images of this compression; others go to a program, which would be fuzzed
/// in place of this one, at a hundredth of the speed.
bool is_read_here(std::string_view input) {
  if (input.size() < sizeof(sqfs_super_t))
    return true;
  sqfs_super_t super;
  std::memcpy(&super, input.data(), sizeof super);
  auto known = super.compression_id == SQFS_COMP_GZIP || super.compression_id == SQFS_COMP_XZ ||
               super.compression_id == SQFS_COMP_LZ4 || super.compression_id == SQFS_COMP_ZSTD;
  return known && !(super.flags & SQFS_FLAG_COMPRESSOR_OPTIONS);
}

/// The input as a file that only memory holds.
class memory_file {
public:
  explicit memory_file(std::string_view bytes) : file_{memfd_create("image", MFD_CLOEXEC)} {
    require(file_ &&
                write(file_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "there is memory for the input");
  }

  std::string path() const {
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(file_.get());
  }

private:
  owned_fd file_;
};

} // namespace

void check_image(std::string_view input) {
  if (!is_read_here(input))
    return;
  memory_file file{input};
  std::optional<snap_info> info;
  try {
    info = read_image_info(file.path());
  } catch (const failure& refusal) {
    require_showable(refusal.what());
    return;
  }
  require(info->image_bytes == input.size(), "an image's size is its file's");
  require_sound(*info);
}

} // namespace troupe::fuzz

/// libsquashfs believes an image that says how much memory it takes; beyond a limit it gets none, as it
/// would get none from the C library.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:max_allocation_size_mb=256";
}
