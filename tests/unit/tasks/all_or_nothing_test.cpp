#include <catch2/catch.hpp>

#include "runtime/tasks/all_or_nothing.hpp"

using namespace troupe;

TEST_CASE("what a task has done is taken back whatever it throws") {
  for (auto is_ours : {true, false}) {
    auto taken_back = false;
    auto work = [&] {
      if (is_ours)
        throw failure{"cannot do it"};
      throw std::runtime_error{"no memory"};
    };
    CHECK_THROWS(all_or_nothing(work, [&] { taken_back = true; }));
    CHECK(taken_back);
  }
}

TEST_CASE("a failed task names what it can't take back") {
  auto work = [] { throw failure{failure_kind::insufficient_space, "cannot do it"}; };
  auto take_back = [] { throw failure{"cannot remove \"x\""}; };
  CHECK_THROWS_WITH(all_or_nothing(work, take_back),
                    "cannot do it; something is left of it: cannot remove \"x\"");
}
