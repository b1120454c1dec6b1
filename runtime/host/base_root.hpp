#pragma once

#include <filesystem>

#include "runtime/host/facility.hpp"

namespace troupe::host {

/// Gives this process, and what it executes, a root directory made of a base's files, with the host's
/// own /dev, /etc, /home, /media, /mnt, /proc, /root, /run, /snap, /sys, /tmp and /var, and the first
/// folder of `kept` so that a private root stays where it is. Nothing changes for other processes. For a
/// process with one thread. Throws failure where the machine doesn't allow it.
void enter_base(const std::filesystem::path& base, const std::filesystem::path& kept);

/// Whether this user may have a root of its own here: chosen is "base" or "host files".
facility probe_base_root();

} // namespace troupe::host
