#pragma once

#include <string_view>

#include "messages/time.hpp"

namespace troupe {

/// Reads a time such as 2024-05-01T10:30:00.25Z or 2024-05-01T12:30:00+02:00, of the years 1970 to 2261;
/// what is below a nanosecond is dropped. Throws failure `malformed time "…"` for any other text.
/// Source: RFC 3339, section 5.6.
time_point from_rfc3339(std::string_view text);

} // namespace troupe
