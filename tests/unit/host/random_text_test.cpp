#include <catch2/catch.hpp>

#include <set>

#include "runtime/host/random_text.hpp"

using namespace troupe::host;

TEST_CASE("cookies are 128 bits in hex, and no two are the same") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto cookie = random_cookie();
    CHECK(cookie.size() == 32);
    CHECK(cookie.find_first_not_of("0123456789abcdef") == std::string::npos);
    seen.insert(cookie);
  }
  CHECK(seen.size() == 100);
}
