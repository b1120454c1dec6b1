#pragma once

#include <cstdint>
#include <string>

namespace troupe {

/// A live process of a snap that keeps a refresh waiting.
struct snap_process {
  std::int32_t pid = 0;
  std::string user;    ///< Its name, or its number where it has none.
  std::string command; ///< As the kernel knows it, at most 15 bytes.
  std::string app;     ///< Which application it belongs to; empty where that isn't known.
  std::string hook;    ///< Which hook it belongs to, or empty.

  bool operator==(const snap_process&) const = default;
};

} // namespace troupe
