#include "runtime/json/utf8.hpp"

#include <cstddef>

namespace troupe {

namespace {

// How many bytes a well-formed UTF-8 character takes at the start of the text; 0: there is none.
std::size_t character_bytes(std::string_view text) {
  auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  auto follows = [&](std::size_t at) { return (byte(at) & 0xC0U) == 0x80U; };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    bool overlong = first == 0xE0 && byte(1) < 0xA0;
    bool surrogate = first == 0xED && byte(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    bool overlong = first == 0xF0 && byte(1) < 0x90;
    bool too_high = first == 0xF4 && byte(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

} // namespace

std::string as_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto bytes = character_bytes(text);
    result += bytes ? text.substr(0, bytes) : std::string_view{"\xEF\xBF\xBD"};
    text.remove_prefix(bytes ? bytes : 1);
  }
  return result;
}

} // namespace troupe
