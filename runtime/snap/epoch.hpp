#pragma once

#include <yaml-cpp/yaml.h>

#include "messages/snap_info.hpp"

namespace troupe {

/// Reads an epoch: `N` reads and writes N, `N*` reads N-1 as well, or a map with lists `read` and
/// `write`; each list defaults to what the other says, both to 0. Throws failure with the line.
/// Source: engine semantics, section 7.
epoch parse_epoch(const YAML::Node& node);

} // namespace troupe
