#pragma once

#include <string>
#include <vector>

#include "messages/snap_state.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/system_settings.hpp"

/// Requests about options and holds. Source of the shapes: the snap client's contract, section 3.
namespace troupe {

/// The values of options of the system by these names, or all that are set as one document. Throws
/// failure of kind option_not_found where one isn't set.
json::object options_resource(const system_options& options, const std::vector<std::string>& names);

/// The same of a snap's configuration.
json::object options_resource(const snap_state& snap, const std::vector<std::string>& names);

/// Reads {"time":"forever" or RFC 3339,"hold-level":"auto-refresh" or "general","reason":"…"}.
/// Throws failure.
hold_request hold_request_of(const json::object& body, const std::vector<std::string>& names);

} // namespace troupe
