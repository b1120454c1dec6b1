#include "runtime/host/random_text.hpp"

#include <sys/random.h>

#include <array>
#include <string_view>

#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

std::string random_cookie() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, limits::hook_cookie_random_bytes> bytes{};
  // So few bytes come whole or not at all. Source: getrandom(2).
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw_errno("cannot make a cookie");
  std::string text;
  for (auto byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

} // namespace troupe::host
