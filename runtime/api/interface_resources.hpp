#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "messages/request.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/wiring.hpp"

/// Plugs, slots and connections in the API. Source: the snap client's contract, "Interfaces".
namespace troupe {

using query = std::map<std::string, std::string>;

/// GET /v2/connections: `select=all` shows plugs and slots that aren't connected too, `snap` and
/// `interface` only those of one. Throws failure for a snap that isn't installed, or another `select`.
json::object connections_resource(const wiring& wires, const query& asked);

/// GET /v2/troupe/unconnected: what could be connected by itself and isn't, with the reason; `snap` as
/// above.
json::array unconnected_resource(const wiring& wires, const query& asked);

/// GET /v2/interfaces: `select=connected` or `all`, `names`, `doc`, `plugs` and `slots`. Without
/// `select` all plugs and slots, as early clients ask for them. Throws failure on another `select`.
json::value interfaces_resource(const wiring& wires, const query& asked);

/// What a body asks to be connected or disconnected, with what users leave out found. Throws failure
/// where it can't be.
operation_request connection_request_of(const json::object& body, const wiring& wires,
                                        std::uint32_t uid);

} // namespace troupe
