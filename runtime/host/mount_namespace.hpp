#pragma once

#include <filesystem>
#include <string>

namespace troupe::host {

/// Gives this process a mount namespace of its own, whose mounts nobody else sees; without privileges,
/// in a user namespace in which everybody stays who they are. For a process with one thread. Throws
/// failure `WHAT: reason`.
void leave_mount_namespace(const std::string& what);

/// Makes `root`, something mounted, the root directory and lets go of the former one. Goes to
/// `directory` there, or where that isn't there to "/". Throws failure `WHAT: reason`.
void pivot_to(const std::filesystem::path& root, const std::filesystem::path& directory,
              const std::string& what);

} // namespace troupe::host
