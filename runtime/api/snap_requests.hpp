#pragma once

#include <string>

#include "messages/failure.hpp"
#include "messages/request.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// What a JSON body with an `action` asks to be done to this snap. Throws failure on an unknown action,
/// an option that the action doesn't take, or an invalid name or revision.
snap_request snap_request_of(const json::object& body, const std::string& name);

/// The same failure with the name of an uploaded file instead of its place in the spool.
failure in_users_words(const failure& what, const std::string& spooled, const std::string& given);

} // namespace troupe
