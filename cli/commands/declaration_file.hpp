#pragma once

#include <string>

#include "runtime/json/json.hpp"

namespace troupe::cli {

/// The headers of a declaration in a file of YAML. Throws failure with the line and path of what is
/// wrong.
json::object read_declaration(const std::string& file);

} // namespace troupe::cli
