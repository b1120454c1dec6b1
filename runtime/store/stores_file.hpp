#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/minisign.hpp"

namespace troupe {

/// A store as stores.yaml names it.
struct store_settings {
  std::string name;     ///< Letters, digits and dashes, unique in the file.
  std::string location; ///< A directory's absolute path, or an http or https URL.
  std::optional<minisign::public_key> key;
  bool is_trusted_unsigned = false; ///< `trust: none`: its index counts without a signature.

  bool is_remote() const { return !location.starts_with('/'); }
  bool operator==(const store_settings&) const = default;
};

/// Reads the stores in their order: a list of maps with `name`, `location` and `key` or `trust: none`.
/// No file, or an empty one, means no stores. Throws failure `cannot read FILE: line 3: …`.
std::vector<store_settings> load_stores(const std::filesystem::path& file);

} // namespace troupe
