#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// The text with U+FFFD in place of each byte that is no part of a UTF-8 character.
std::string as_utf8(std::string_view text);

} // namespace troupe
