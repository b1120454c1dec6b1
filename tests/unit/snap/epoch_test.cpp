#include "runtime/snap/epoch.hpp"

#include <catch2/catch.hpp>

#include "messages/failure.hpp"

using namespace troupe;

namespace {

epoch parse(const std::string& yaml) { return parse_epoch(YAML::Load(yaml)); }

} // namespace

TEST_CASE("epochs are read in all their forms") {
  CHECK(parse("~") == epoch{{0}, {0}});
  CHECK(parse("''") == epoch{{0}, {0}});
  CHECK(parse("0") == epoch{{0}, {0}});
  CHECK(parse("7") == epoch{{7}, {7}});
  CHECK(parse("\"7\"") == epoch{{7}, {7}});
  CHECK(parse("1*") == epoch{{0, 1}, {1}});
  CHECK(parse("4294967295*") == epoch{{4294967294U, 4294967295U}, {4294967295U}});
  CHECK(parse("{read: [1, 2, 3]}") == epoch{{1, 2, 3}, {3}});
  CHECK(parse("{write: [1, 2]}") == epoch{{1, 2}, {1, 2}});
  CHECK(parse("{read: [1, 2], write: [2, 3]}") == epoch{{1, 2}, {2, 3}});
  CHECK(parse("{}") == epoch{{0}, {0}});
  CHECK(parse("{read: ~, write: [5]}") == epoch{{5}, {5}});
  CHECK(parse("{read: [0,1,2,3,4,5,6,7,8,9]}").write == std::vector<std::uint32_t>{9});
}

TEST_CASE("wrong epochs are refused") {
  for (const auto* yaml : {"0*",
                           "01",
                           "-1",
                           "+1",
                           "1.0",
                           "0x1",
                           "x",
                           "*1x",
                           "1**",
                           "4294967296",
                           "99999999999999999999",
                           "[1]",
                           "{read: []}",
                           "{write: []}",
                           "{read: 1}",
                           "{read: [1, 1]}",
                           "{read: [2, 1]}",
                           "{read: [01]}",
                           "{read: [-1]}",
                           "{read: [[1]]}",
                           "{read: [~]}",
                           "{read: [1], write: [2]}",
                           "{read: [4294967296]}",
                           "{read: [0,1,2,3,4,5,6,7,8,9,10]}",
                           "{read: [1*]}"}) {
    INFO(yaml);
    YAML::Node node;
    try {
      node = YAML::Load(yaml);
    } catch (const YAML::Exception&) {
      continue; // *1x is an alias.
    }
    CHECK_THROWS_AS(parse_epoch(node), failure);
  }
}
