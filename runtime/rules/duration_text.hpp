#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace troupe {

/// Reads a length of time such as 30s, 1h30m or 500ms: numbers with the units ms, s, m, h and d, the
/// greater first. Nothing where the text is none, has a sign, or is longer than a year.
std::optional<duration> duration_from_text(std::string_view text);

/// Writes a length of time in its two greatest units, such as 1h30m; under a second it is 0s.
std::string duration_text(duration length);

} // namespace troupe
