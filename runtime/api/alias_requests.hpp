#pragma once

#include <span>

#include "messages/change.hpp"
#include "messages/request.hpp"
#include "runtime/json/json.hpp"

/// Aliases in the API. Source of the shapes: the snap client's contract, sections 2 and 3.
namespace troupe {

/// Reads {"action":"alias","snap","app","alias"}, {"action":"unalias","snap"?,"alias"?} or
/// {"action":"prefer","snap"}. An unalias that gives one name twice, or only an alias, is about the snap
/// of that name, else about the snap that has such an alias. Throws failure.
snap_request alias_request_of(const json::object& body, std::span<const snap_state_ptr> installed);

/// By snap and alias what there is: {"command","status","manual"?,"auto"?}.
json::object aliases_resource(std::span<const snap_state_ptr> installed);

/// Adds `aliases-added` and `aliases-removed` to the data of a change that is about aliases.
void add_alias_changes(json::object& data, const change_record& change);

} // namespace troupe
