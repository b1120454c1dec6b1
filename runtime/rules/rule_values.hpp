#pragma once

#include <string>
#include <vector>

#include "runtime/json/json.hpp"
#include "runtime/rules/rule_place.hpp"

namespace troupe {

// What stands at a place of a file whose scalars are read as they are written. All throw
// declaration_fault.

std::string text_at(const json::value& value, const rule_place& place);

/// true or false.
bool flag_at(const json::value& value, const rule_place& place);

std::vector<std::string> texts_at(const json::value& value, const rule_place& place);

const json::object& map_at(const json::value& value, const rule_place& place);

} // namespace troupe
