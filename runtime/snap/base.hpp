#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "messages/snap_info.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe {

/// The name of the base that a snap's processes want: its own, or core where it names none. Empty where
/// the snap runs on nothing but the host: another type than app, or base none.
std::string wanted_base(const snap_info& info);

/// Where that base's files are. Nothing where it isn't installed and active, or holds no system (neither
/// bin nor usr/bin), so that processes use the host's own files.
std::optional<std::filesystem::path> base_directory(const layout& places, const snap_info& info);

/// The same by the base's name; nothing for an empty one.
std::optional<std::filesystem::path> base_directory(const layout& places, const std::string& base);

} // namespace troupe
