#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe {

/// Milliseconds of a time span such as "30s", "1m30s", "1.5h" or "0"; parts of one are dropped.
/// Nothing where the text is none, is negative or exceeds about thirty years.
/// Source: the durations of snap.yaml, units ns, us, µs, ms, s, m and h.
std::optional<std::uint64_t> milliseconds_of(std::string_view text);

} // namespace troupe
