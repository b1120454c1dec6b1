#include "runtime/snap/base.hpp"

namespace troupe {

std::string wanted_base(const snap_info& info) {
  if (info.type != snap_type::app || info.base == "none")
    return {};
  return info.base.empty() ? "core" : info.base;
}

std::optional<std::filesystem::path> base_directory(const layout& places, const snap_info& info) {
  return base_directory(places, wanted_base(info));
}

std::optional<std::filesystem::path> base_directory(const layout& places, const std::string& name) {
  if (name.empty())
    return std::nullopt;
  auto directory = places.current_link(name);
  std::error_code code;
  if (!std::filesystem::exists(directory / "bin", code) &&
      !std::filesystem::exists(directory / "usr/bin", code))
    return std::nullopt;
  return directory;
}

} // namespace troupe
