#pragma once

#include <string>

#include "runtime/json/json.hpp"

namespace troupe::cli {

/// What is remarkable about a snap of the API: "disabled,devmode", or "-" where nothing is.
/// Source of the words and their order: the snap client's list.
std::string notes_of(const json::object& snap);

} // namespace troupe::cli
