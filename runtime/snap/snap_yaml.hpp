#pragma once

#include <string_view>

#include "messages/snap_info.hpp"

namespace troupe {

/// Reads and checks the text of meta/snap.yaml. Keys it doesn't know are ignored, as in the peer; texts
/// are kept as they are written (version 1.0 stays "1.0"). Throws failure with the line:
/// `cannot read meta/snap.yaml: line 2: "version" …`.
snap_info parse_snap_yaml(std::string_view text);

} // namespace troupe
