#pragma once

#include <map>
#include <string>

#include "messages/snap_state.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// A snap's aliases as the journal has them: by alias an object with `automatic` and `manual`.
json::object to_json(const std::map<std::string, snap_alias>& aliases);

/// Reads it; passes over what is no object. Throws failure where an application isn't a string.
std::map<std::string, snap_alias> aliases_from_json(const json::object& from);

/// By alias the application that it starts.
json::object to_json(const std::map<std::string, std::string>& aliases);

/// Reads it. Throws failure where an application isn't a string.
std::map<std::string, std::string> alias_map_from_json(const json::object& from);

} // namespace troupe
