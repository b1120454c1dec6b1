#include "runtime/host/squashfuse_mounts.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "messages/failure.hpp"
#include "runtime/host/mount_points.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

constexpr std::size_t message_bytes = 4096;

/// Whether the process that served the mount is gone.
bool is_dead(const std::filesystem::path& directory) {
  struct stat status {};
  return stat(directory.c_str(), &status) != 0 && errno == ENOTCONN;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

} // namespace

squashfuse_mounts::squashfuse_mounts(std::shared_ptr<processes> runner) : runner_{std::move(runner)} {}

void squashfuse_mounts::mount_image(const path& image, const path& directory) {
  if (is_mounted(directory))
    return;
  unmount(directory);
  const std::string what = "cannot mount " + image.string() + " on " + directory.string();
  process_spec spec;
  // Root's mounts are for the snaps' users too; FUSE lets only the mounting user in by default.
  spec.argv = {"squashfuse", "-o", geteuid() == 0 ? "ro,nodev,allow_other" : "ro,nodev", image.string(),
               directory.string()};
  spec.env = {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}};
  spec.time_limit = limits::squashfuse_start;
  spec.output_limit = message_bytes;
  // It returns when the mount is there and its server runs by itself, in a session of its own.
  const process_result result = runner_->run(spec, {});
  if (result.succeeded() && is_mounted(directory))
    return;
  unmount(directory);
  const std::string reason = first_line(result.output);
  throw failure{failure_kind::internal, what + ": " + (reason.empty() ? "squashfuse failed" : reason)};
}

void squashfuse_mounts::unmount(const path& directory) { unmount_all_at(directory); }

bool squashfuse_mounts::is_mounted(const path& directory) {
  return is_mount_point(directory) && !is_dead(directory);
}

std::vector<std::string> squashfuse_mounts::mounted_below(const path& directory) {
  return mounts_below(directory);
}

} // namespace troupe::host
