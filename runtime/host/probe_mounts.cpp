#include "runtime/host/probe_mounts.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "messages/failure.hpp"
#include "runtime/host/kernel_mounts.hpp"
#include "runtime/host/mount_points.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/squashfuse_mounts.hpp"
#include "runtime/host/tiny_image.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

/// The place of the trial; ends with nothing in it, mounted or not.
class trial {
public:
  explicit trial(const fs::path& scratch) : place_{scratch / "mount-probe"} {
    clear();
    files_.make_dirs(directory(), 0755);
    std::string content{reinterpret_cast<const char*>(tiny_image), sizeof tiny_image};
    content.resize(tiny_image_padded_bytes, '\0');
    files_.write_file(image(), content, 0600);
  }
  trial(const trial&) = delete;
  trial& operator=(const trial&) = delete;
  ~trial() {
    try {
      clear();
    } catch (const failure&) {
      // The next start clears it; the back-end that couldn't unmount is rejected already.
    }
  }

  void with(mounts& adapter) {
    adapter.mount_image(image(), directory());
    const bool is_readable = read_file() == tiny_image_text;
    adapter.unmount(directory());
    if (!is_readable)
      throw failure{failure_kind::internal, "cannot read a file of a mounted image"};
  }

private:
  std::string read_file() const {
    std::ifstream file{directory() / tiny_image_file};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  void clear() {
    unmount_all_at(directory());
    files_.remove_tree(place_);
  }
  fs::path image() const { return place_ / "image"; }
  fs::path directory() const { return place_ / "directory"; }

  real_files files_;
  fs::path place_;
};

std::shared_ptr<mounts> make_adapter(std::string_view name, const mounts_probe& probe) {
  if (name == "kernel")
    return std::make_shared<kernel_mounts>();
  if (name == "squashfuse")
    return std::make_shared<squashfuse_mounts>(probe.runner);
  if (!probe.unpack)
    throw failure{failure_kind::internal, "cannot unpack images: nothing here does it"};
  return std::make_shared<unpacked_images>(probe.unpack);
}

failure nothing_works(const mounts_probe& probe, const facility& images) {
  std::string reasons;
  for (const auto& [name, reason] : images.rejected)
    reasons += (reasons.empty() ? "" : "; ") + name + ": " + reason;
  if (reasons.empty())
    reasons = "there is no back-end \"" + probe.forced + "\", only kernel, squashfuse and unpacked";
  return {failure_kind::internal, "cannot show images in " + probe.scratch.string() + ": " + reasons};
}

} // namespace

probed_mounts probe_mounts(const mounts_probe& probe) {
  facility images{"images", {}, probe.forced.empty() ? "" : "forced", {}};
  for (const std::string_view name : {"kernel", "squashfuse", "unpacked"}) {
    if (!probe.forced.empty() && name != probe.forced)
      continue;
    trial place{probe.scratch};
    try {
      auto adapter = make_adapter(name, probe);
      place.with(*adapter);
      images.chosen = name;
      return {std::move(adapter), std::move(images)};
    } catch (const failure& reason) {
      images.rejected.emplace_back(name, reason.what());
    }
  }
  throw nothing_works(probe, images);
}

} // namespace troupe::host
