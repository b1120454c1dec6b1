#pragma once

#include <string_view>

#include "messages/time.hpp"

namespace troupe {

/// Reads a length of time as people give it to commands and options: 48h, 1h30m, 1.5h, 30d, 2w, from
/// least to most. Source: the snap client's durations, which are Go's (ns us µs ms s m h), and besides
/// d, 24 hours, and w, 7 days. Throws failure with only the reason: `"5x" is no length of time such as
/// …`.
duration length_of_time(std::string_view text, duration least, duration most);

} // namespace troupe
