#pragma once

#include <string>
#include <vector>

#include "messages/health.hpp"

namespace troupe {

/// What the words behind `snapctl set-health` say: STATUS [MESSAGE] [--code=CODE], UTF-8, the option
/// anywhere before a `--`. A message has 7 to 70 characters of one line and comes with every status but
/// okay; a code has 3 to 30 letters from a to z, digits and dashes, begins with a letter and ends with
/// none of the dashes. Throws failure that says which of this isn't so.
/// Source: the documentation of snapctl, set-health.
health_report health_from_words(const std::vector<std::string>& words);

} // namespace troupe
