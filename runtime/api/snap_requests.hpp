#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/failure.hpp"
#include "messages/request.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// What a JSON body with an `action` asks to be done to this snap. Throws failure on an unknown action,
/// an option that the action doesn't take, or an invalid name or revision.
snap_request snap_request_of(const json::object& body, const std::string& name);

/// How the snaps of a request are to be worked on together, in the words of the API: `transaction` is
/// per-snap or all-snaps, `conflict` is fail, wait, wait=TIME, replace or replace=TIME; empty: the
/// first of these. Throws failure on other words.
void set_options(operation_request& wanted, const std::string& transaction, const std::string& conflict);

/// What to do while applications of the snaps run: wait, wait=TIME or fail; empty: fail, as clients
/// expect that can't say it. `ignore`: go on under them. Throws failure on other words.
void set_running_apps(operation_request& wanted, const std::string& word, bool ignore);

/// What a JSON body asks to be done to these snaps. Throws failure as the others do.
operation_request operation_request_of(const json::object& body, const std::vector<std::string>& names,
                                       std::uint32_t uid);

/// What a body asks to be done to services that it names as SNAP or SNAP.APP. Throws failure as the
/// others do.
operation_request service_request_of(const json::object& body, std::uint32_t uid);

/// The same failure with the name of an uploaded file instead of its place in the spool.
failure in_users_words(const failure& what, const std::string& spooled, const std::string& given);

} // namespace troupe
