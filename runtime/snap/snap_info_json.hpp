#pragma once

#include "messages/snap_info.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// Writes metadata under the words of snap.yaml; what has its default is left out. Applications, hooks,
/// plugs and slots are objects by name, a plug's attributes a nested object, `image-bytes` a number.
json::object to_json(const snap_info& info);

/// Reads what to_json writes; equal to what was written. Throws failure on anything else.
snap_info snap_info_from_json(const json::object& from);

} // namespace troupe
