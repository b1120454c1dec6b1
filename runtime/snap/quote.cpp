#include "runtime/snap/quote.hpp"

#include <simdjson.h>

#include <algorithm>

namespace troupe {

std::string as_one_line(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  bool keeps_characters = simdjson::validate_utf8(text.data(), text.size());
  std::string result;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !keeps_characters))
      result += std::string{"\\x"} + digits[byte >> 4U] + digits[byte & 15U];
    else
      result += c;
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  auto end = std::min(text.size(), longest);
  // No character is cut in half.
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return '"' + as_one_line(text.substr(0, end)) + (end < text.size() ? "…\"" : "\"");
}

} // namespace troupe
