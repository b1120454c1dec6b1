#pragma once

#include <map>
#include <optional>

#include "messages/connection.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// A connection as the journal and the set-up of tasks have it; null for none.
json::value to_json(const std::optional<connection>& from);
std::optional<connection> connection_from_json(const json::value& from);

/// By `PLUG SLOT`. Reading passes over what is none. Throws failure where a member is of a wrong type.
json::object to_json(const std::map<connection_ref, connection>& from);
std::map<connection_ref, connection> connections_from_json(const json::object& from);

} // namespace troupe
