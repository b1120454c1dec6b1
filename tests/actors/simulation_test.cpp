#include <catch2/catch.hpp>

#include "tests/sim/simulation.hpp"

using namespace troupe;

TEST_CASE("drawn work under drawn faults and crashes breaks no rule") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    auto report = sim::simulate({seed, 300, true});
    INFO("seed " << seed);
    CHECK(report.problem == "");
  }
}

TEST_CASE("the same seed gives the same run") {
  for (std::uint64_t seed : {1, 2}) {
    auto once = sim::simulate({seed, 300, true});
    auto again = sim::simulate({seed, 300, true});
    CHECK(once.changes > 0);
    CHECK(once.digest == again.digest);
    CHECK(once.hits == again.hits);
  }
}
