#pragma once

#include <string>

namespace troupe {

/// Who has published a snap.
struct publisher {
  std::string id;
  std::string username;
  std::string display_name;
  std::string validation; ///< unproven, starred or verified.

  bool operator==(const publisher&) const = default;
};

} // namespace troupe
