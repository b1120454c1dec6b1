#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Returns text in double quotes for a message: one line, control characters as `\xHH`, at most 80 bytes
/// of it, since it may come from a hostile file.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  constexpr std::string_view digits = "0123456789abcdef";
  auto end = text.size();
  if (end > longest) {
    end = longest;
    // A cut in the middle of a character would make the message invalid UTF-8.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
      --end;
  }
  std::string result = "\"";
  for (char c : text.substr(0, end)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      result += std::string{"\\x"} + digits[byte >> 4U] + digits[byte & 15U];
    else
      result += c;
  }
  return result + (end < text.size() ? "…\"" : "\"");
}

} // namespace troupe
