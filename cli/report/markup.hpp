#pragma once

#include <string>
#include <string_view>

namespace troupe::report {

/// Text for HTML and SVG, in elements and in attributes. Bytes that aren't UTF-8 become U+FFFD, control
/// characters spaces.
std::string escaped(std::string_view text);

/// A number for a reader: up to four significant digits, thousands apart: "12 500", "0.25".
std::string short_number(double number);

} // namespace troupe::report
