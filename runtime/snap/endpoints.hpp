#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

#include "messages/snap_info.hpp"

namespace troupe {

/// Plug or slot; they are written alike.
enum class endpoint_side { plug, slot };

/// Reads the map `plugs` or `slots`: NAME with nothing (the interface is called NAME), with an
/// interface's name, or with a map of `interface`, `label` and attributes of any type. Sorted by name.
/// Throws failure with the line.
std::vector<endpoint_info> parse_endpoints(const YAML::Node& node, endpoint_side side);

/// The list `plugs` or `slots` of an application or hook.
std::vector<std::string> parse_endpoint_names(const YAML::Node& node, endpoint_side side);

/// Adds those that applications and hooks name without the map declaring them: the interface is called
/// like them.
void add_implied_endpoints(snap_info& info);

} // namespace troupe
