#pragma once

#include <yaml-cpp/yaml.h>

#include <string_view>
#include <vector>

#include "messages/snap_info.hpp"

namespace troupe {

/// Reads the map `apps`, at most limits::snap_apps; sorted by name. Throws failure with the line.
std::vector<app_info> parse_apps(const YAML::Node& node);

/// Reads the map `hooks`, at most limits::snap_hooks; sorted by name. Throws failure with the line.
std::vector<hook_info> parse_hooks(const YAML::Node& node);

/// The file that a command of snap.yaml starts, relative to the snap: its first word.
std::string_view file_of_command(std::string_view command);

} // namespace troupe
