#pragma once

#include <optional>

#include "messages/snap_state.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// What a snap has said of itself, as the journal keeps it; null for nothing.
json::value to_json(const std::optional<snap_health>& health);

/// Reads what to_json wrote. Nothing where the value isn't an object, or where its status is one of a
/// newer version.
std::optional<snap_health> health_from_json(const json::value& from);

} // namespace troupe
