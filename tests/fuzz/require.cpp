#include <simdjson.h>

#include <algorithm>

#include "tests/fuzz/checks.hpp"

namespace troupe::fuzz {

void require(bool holds, const char* rule) {
  if (!holds)
    throw broken_rule{rule};
}

void require_showable(std::string_view message) {
  auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F; };
  require(!message.empty(), "a refusal says something");
  require(simdjson::validate_utf8(message.data(), message.size()), "a refusal is UTF-8");
  require(std::ranges::none_of(message, is_control), "a refusal holds no control characters");
}

} // namespace troupe::fuzz
