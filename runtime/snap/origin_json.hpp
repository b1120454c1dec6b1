#pragma once

#include "messages/snap_state.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// A publisher as the API, stores' indexes and the journal have it. Source: the snap client's contract,
/// section "Snap".
json::object to_json(const publisher& by);

/// Empty for a local file.
json::object to_json(const snap_origin& origin);

/// Reads what to_json writes. Throws failure where a member isn't a string.
snap_origin origin_from_json(const json::object& from);

} // namespace troupe
