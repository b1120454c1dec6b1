#pragma once

namespace troupe {

/// The version of this Troupe, as CMakeLists.txt says.
inline constexpr const char* version = "0.1.0";

} // namespace troupe
