#include <catch2/catch.hpp>

#include <set>

#include "cli/load/load_model.hpp"

using namespace troupe;
using namespace troupe::load;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t snaps = 12;

std::vector<bool> every_third_on_the_base() {
  std::vector<bool> result;
  for (std::size_t i = 0; i <= snaps; ++i)
    result.push_back(i > 0 && i % 3 == 0);
  return result;
}

snap_condition after(operation_kind kind) {
  return kind == operation_kind::remove    ? snap_condition::absent
         : kind == operation_kind::disable ? snap_condition::disabled
                                           : snap_condition::active;
}

/// A daemon that carries out at once whatever makes sense; counts what doesn't.
struct perfect_daemon {
  load_model model;
  std::uint64_t refused = 0;
  std::uint64_t number = 0;
  std::set<operation_kind> seen;

  void one() {
    auto what = model.next();
    seen.insert(what.kind);
    auto change = std::to_string(++number);
    if (makes_change(what.kind)) {
      if (what.failing.empty() && what.snaps.size() == 1 &&
          (model.condition(what.snaps[0]) == snap_condition::absent) !=
              (what.kind == operation_kind::install))
        ++refused;
      else if (model.accepted(what, change); what.failing.empty())
        for (auto snap : what.snaps)
          model.settled(snap, after(what.kind), time_point{std::chrono::seconds{number}});
    }
    model.finished(what, change);
  }
};

} // namespace

TEST_CASE("every kind of operation is drawn but aborts, which need a change under way") {
  perfect_daemon daemon{load_model{every_third_on_the_base(), 1}, 0, 0, {}};
  for (int i = 0; i < 3'000; ++i)
    daemon.one();
  CHECK(daemon.seen.size() == all_operation_kinds.size() - 1);
  CHECK_FALSE(daemon.seen.contains(operation_kind::abort));
  CHECK(daemon.refused < 300);
}

TEST_CASE("a change under way is offered for an abort, and told to have been") {
  load_model model{every_third_on_the_base(), 3};
  auto install = model.next();
  while (!makes_change(install.kind))
    install = model.next();
  model.accepted(install, "7");
  CHECK_FALSE(model.was_asked_to_abort("7"));
  auto abort = model.next();
  for (int i = 0; i < 1'000 && abort.kind != operation_kind::abort; ++i)
    abort = model.next();
  REQUIRE(abort.kind == operation_kind::abort);
  CHECK(abort.change == "7");
  CHECK(model.was_asked_to_abort("7"));
}

TEST_CASE("a snap that needs the base is installed only with it, and the base stays under it") {
  load_model model{every_third_on_the_base(), 5};
  std::uint64_t number = 0;
  for (int i = 0; i < 5'000; ++i) {
    auto what = model.next();
    bool with_base = !what.snaps.empty() && what.snaps.front() == 0;
    if (makes_change(what.kind)) {
      for (auto snap : what.snaps)
        if (what.kind != operation_kind::remove && snap > 0 && snap % 3 == 0 && !with_base)
          REQUIRE(
              (model.condition(0) == snap_condition::active || what.kind == operation_kind::disable));
      if (with_base && what.kind != operation_kind::install && what.kind != operation_kind::install_many)
        for (std::size_t snap = 3; snap <= snaps; snap += 3)
          REQUIRE(model.condition(snap) == snap_condition::absent);
      if (what.failing.empty())
        for (auto snap : what.snaps)
          model.settled(snap, after(what.kind), time_point{std::chrono::seconds{++number}});
    }
    model.finished(what, "");
  }
}

TEST_CASE("of two changes of a snap, the one that began last says what it is like") {
  load_model model{{false, false}, 1};
  model.settled(1, snap_condition::disabled, time_point{2s});
  model.settled(1, snap_condition::active, time_point{1s});
  CHECK(model.condition(1) == snap_condition::disabled);
  model.settled(1, snap_condition::absent, time_point{3s});
  CHECK(model.condition(1) == snap_condition::absent);
}

TEST_CASE("one snap and a base are enough for a load") {
  perfect_daemon daemon{load_model{{false, false}, 1}, 0, 0, {}};
  for (int i = 0; i < 500; ++i)
    daemon.one();
  CHECK(daemon.seen.contains(operation_kind::install_many));
}

TEST_CASE("the same seed draws the same operations") {
  load_model one{every_third_on_the_base(), 9};
  load_model two{every_third_on_the_base(), 9};
  for (int i = 0; i < 200; ++i) {
    auto a = one.next();
    auto b = two.next();
    REQUIRE(a.kind == b.kind);
    REQUIRE(a.snaps == b.snaps);
  }
}
