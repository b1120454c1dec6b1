#pragma once

#include <yaml-cpp/yaml.h>

#include "messages/snap_info.hpp"

namespace troupe {

/// Reads an epoch: `N` reads and writes N, `N*` reads N-1 as well, or a map with lists `read` and
/// `write`. `read` defaults to what is written, `write` to the last number read, both to 0; null counts
/// as absent, and other keys are passed over. A list holds 1 to 10 increasing numbers, of which at least
/// one stands in both. Throws failure with the line and the rule that was broken.
/// Source: engine semantics, section 7.
epoch parse_epoch(const YAML::Node& node);

} // namespace troupe
