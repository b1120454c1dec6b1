#include <signal.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <random>
#include <thread>

#include "tests/crash/crash_world.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

using steady = std::chrono::steady_clock;

constexpr unsigned seed = 20;

/// Ten installs, of which two fail late, with a removal and two others going on.
std::vector<wish> crowd() {
  std::vector<wish> wishes{{"remove", "gone"}, {"disable", "idle"}, {"enable", "woken"}};
  for (int i = 0; i < 8; ++i)
    wishes.push_back({"install", "new-" + std::to_string(i)});
  wishes.push_back({"install", "bad-0"});
  wishes.push_back({"install", "bad-1"});
  return wishes;
}

std::vector<wish> before_crowd() {
  return {{"install", "kept"},
          {"install", "gone"},
          {"install", "idle"},
          {"install", "woken"},
          {"disable", "woken"}};
}

/// How the crowd goes where nothing kills the daemon.
struct usual_run {
  std::uint64_t calls = 0;
  std::chrono::microseconds time{};
};

usual_run measure(snap_shelf& shelf) {
  crash_world w{shelf};
  w.fulfil(before_crowd());
  told all;
  auto calls = w.points.calls();
  auto begin = steady::now();
  w.fulfil_at_once(crowd(), all);
  usual_run usual{w.points.calls() - calls,
                  std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - begin)};
  CHECK(all.refusals == std::vector<std::string>{});
  w.check_all_is_well(all);
  w.check_all_can_be_removed();
  std::cout << "unharmed: " << usual.calls << " calls that change something, " << all.tasks
            << " tasks, in " << usual.time.count() / 1000 << " ms\n";
  return usual;
}

class rounds {
public:
  explicit rounds(int count) : count_{count}, usual_{measure(shelf_)} {}

  void run(int round) {
    crash_world w{shelf_};
    w.fulfil(before_crowd());
    told before;
    // Every fourth kill comes by the clock, wherever the daemon is then; the others are spread evenly.
    auto by_clock = round % 4 == 3;
    if (by_clock) {
      auto after = random(0, static_cast<std::uint64_t>(usual_.time.count()));
      std::jthread killer{[&, pid = w.daemon.pid()] {
        std::this_thread::sleep_for(std::chrono::microseconds{after});
        kill(pid, SIGKILL);
      }};
      w.fulfil_at_once(crowd(), before);
      std::cout << "round " << round << ": killed after " << after << " us";
    } else {
      auto width = std::max<std::uint64_t>(1, usual_.calls / static_cast<std::uint64_t>(count_));
      auto call = static_cast<std::uint64_t>(round) * width + random(1, width);
      w.points.arm(call);
      w.fulfil_at_once(crowd(), before);
      std::cout << "round " << round << ": killed at call " << call << " of about " << usual_.calls
                << (w.is_dead() ? " (" + w.points.reached() + ")" : " (all had ended)");
    }
    CHECK(before.refusals == std::vector<std::string>{});
    std::cout << ", " << before.accepted.size() << " changes told, " << before.ended.size() << " ended, "
              << before.tasks_ended << " of " << before.tasks << " tasks";
    auto second = round % 3 == 2 ? random(1, 150) : 0;
    auto begin = steady::now();
    w.start_again(second);
    if (second > 0)
      std::cout << "; the next one at its call " << second;
    else
      std::cout << "; back in "
                << std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin).count()
                << " ms";
    std::cout << std::endl;
    w.check_all_is_well(before);
    w.check_all_can_be_removed();
  }

private:
  std::uint64_t random(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>{least, most}(random_);
  }

  int count_;
  snap_shelf shelf_;
  usual_run usual_;
  std::mt19937 random_{seed};
};

void run_rounds(int count) {
  rounds all{count};
  for (int round = 0; round < count; ++round) {
    INFO("round " << round << " with seed " << seed);
    all.run(round);
  }
}

} // namespace

TEST_CASE("after a kill amid ten installs every change ends and every snap is whole or absent") {
  TROUPE_NEEDS_ROOT();
  run_rounds(16);
}

TEST_CASE("200 kills amid ten installs leave every snap whole or absent", "[.long]") {
  TROUPE_NEEDS_ROOT();
  run_rounds(200);
}
