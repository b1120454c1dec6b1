#pragma once

#include <filesystem>

#include "runtime/host/file_descriptor.hpp"

namespace troupe::host {

/// Keeps a second daemon off a root directory for as long as it lives; the kernel ends the lock with the
/// process, however that ends.
class lock_file {
public:
  /// Locks `file`, made if missing, and writes this process's id into it. Throws troupe::failure
  /// `cannot use root ROOT: another daemon (pid N) is running on it` if it is locked.
  lock_file(const std::filesystem::path& file, const std::filesystem::path& root);

private:
  file_descriptor descriptor_;
};

} // namespace troupe::host
