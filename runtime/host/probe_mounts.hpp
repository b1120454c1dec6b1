#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "runtime/host/facility.hpp"
#include "runtime/host/mounts.hpp"
#include "runtime/host/processes.hpp"
#include "runtime/host/unpacked_images.hpp"

namespace troupe::host {

struct mounts_probe {
  /// A directory under the root for the trial; made if missing. Only one trial at a time may use it.
  std::filesystem::path scratch;
  /// Runs squashfuse.
  std::shared_ptr<processes> runner;
  /// Without it, the back-end "unpacked" can't be chosen.
  unpack_function unpack;
  /// "kernel", "squashfuse" or "unpacked" to try only that; empty for the first that works.
  std::string forced;
};

struct probed_mounts {
  std::shared_ptr<mounts> adapter;
  facility images;
};

/// Chooses how images are shown on this host by really mounting a tiny one, in the order kernel,
/// squashfuse, unpacked. Throws troupe::failure with every reason if none works.
probed_mounts probe_mounts(const mounts_probe& probe);

} // namespace troupe::host
