#pragma once

#include <string>
#include <string_view>

#include "runtime/rules/declaration.hpp"

namespace troupe {

/// Reads the headers of a declaration from YAML. A `*` for any number needs no quotes, though YAML wants
/// them. Throws failure: `line 3: slots.content.allow-connection: …`.
declaration declaration_from_yaml(std::string_view text);

/// Any assertion's headers, scalars as they are written. Throws failure with the line.
json::object headers_from_yaml(std::string_view text);

} // namespace troupe
