#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Writes control characters as `\xHH`, and all bytes beyond ASCII of a text that isn't UTF-8: what
/// comes of a hostile file is then one line of UTF-8.
std::string as_one_line(std::string_view text);

/// Returns at most 80 bytes of a text in double quotes for a message, as one line.
std::string in_quotes(std::string_view text);

} // namespace troupe
