#pragma once

#include <string>
#include <string_view>

#include "messages/snapshot.hpp"

namespace troupe::snapshots {

/// The text of meta.json.
std::string written_meta(const snapshot_info& info);

/// Reads meta.json; throws fault where it isn't that of a snapshot.
snapshot_info read_meta(std::string_view text);

} // namespace troupe::snapshots
