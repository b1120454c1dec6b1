#include <iostream>

#include "tests/crash/crash_world.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// An operation and what has to be done before it.
struct scene {
  std::string name;
  std::vector<wish> before;
  wish operation;
};

std::vector<scene> scenes() {
  return {{"an install", {}, {"install", "new-0"}},
          {"an install that is undone", {}, {"install", "bad-0"}},
          {"a removal", {{"install", "new-0"}}, {"remove", "new-0"}},
          {"a disabling", {{"install", "new-0"}}, {"disable", "new-0"}},
          {"an enabling", {{"install", "new-0"}, {"disable", "new-0"}}, {"enable", "new-0"}},
          {"the removal of a disabled snap",
           {{"install", "new-0"}, {"disable", "new-0"}},
           {"remove", "new-0"}}};
}

/// Kills the daemon at a call of the operation; returns the function that it was, or nothing if the
/// operation had ended before.
std::string kill_at(snap_shelf& shelf, const scene& what, std::uint64_t call) {
  crash_world w{shelf};
  w.fulfil(what.before);
  told before;
  w.points.arm(call);
  w.fulfil_at_once({what.operation}, before);
  auto reached = w.points.reached();
  CHECK(before.refusals == std::vector<std::string>{});
  w.start_again();
  w.check_all_is_well(before);
  w.check_all_can_be_removed();
  return reached;
}

/// Kills it at each `step`-th call from a first one to the last.
void kill_everywhere(snap_shelf& shelf, const scene& what, std::uint64_t first, std::uint64_t step) {
  std::cout << "killed in " << what.name << " at:";
  for (auto call = first;; call += step) {
    INFO(what.name << ", call " << call);
    auto reached = kill_at(shelf, what, call);
    if (reached.empty())
      break;
    std::cout << ' ' << call << ' ' << reached << std::flush;
  }
  std::cout << '\n';
}

} // namespace

TEST_CASE("a kill at some call of an undo doesn't keep it from being done") {
  TROUPE_NEEDS_ROOT();
  snap_shelf shelf;
  crash_world w{shelf};
  auto calls = w.points.calls();
  w.fulfil({{"install", "new-0"}});
  // The failing configure hook comes about where this install ended.
  kill_everywhere(shelf, scenes().at(1), w.points.calls() - calls, 5);
}

TEST_CASE("a kill at each call of each operation leaves the snap whole or absent", "[.long]") {
  TROUPE_NEEDS_ROOT();
  snap_shelf shelf;
  for (const auto& what : scenes())
    kill_everywhere(shelf, what, 1, 1);
}
