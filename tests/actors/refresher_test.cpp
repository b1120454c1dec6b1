#include <catch2/catch.hpp>

#include "runtime/api/timestamps.hpp"
#include "runtime/rules/system_settings.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

/// Fails to read stores as long as it is told to, and counts.
struct store_watcher : sim::effect_watcher {
  bool fails = false;
  int reads = 0;

  void before(std::string_view site, const std::string&) override {
    if (site != "read_stores")
      return;
    ++reads;
    if (fails)
      throw failure{failure_kind::unavailable, "cannot read index: the server is away"};
  }
  void after(std::string_view, const std::string&) override {}
};

/// A daemon whose store has something, at a time of a Wednesday.
struct refreshing_stage {
  scratch directory;
  sim::world on;
  store_watcher watcher;
  std::optional<stage> all;

  explicit refreshing_stage(const std::string& now = "2026-11-18T09:00:00Z") {
    on.now = from_rfc3339(now);
    on.watcher = &watcher;
    auto& hello = on.offered.snaps["hello"];
    hello.name = hello.id = "hello";
    auto info = std::make_shared<snap_info>();
    info->name = "hello";
    hello.revisions.push_back({{1}, info, {"sim", "hello-1", 10, "ab"}, {}});
    all.emplace(directory.path() / "journal.db", on);
  }

  void set_timer(const std::string& timer) {
    operation_request wanted;
    wanted.settings = set_options(system_settings{from_rfc3339}, {{"refresh.timer", timer}});
    all->start(wanted);
  }
  refresh_times times() {
    return all->ask<refresh_times>(all->actors().refresher(), get_refresh_times{});
  }
};

} // namespace

TEST_CASE("snaps are refreshed by themselves once in each window, and at no other time") {
  refreshing_stage s;
  s.set_timer("10:00-11:00");
  CHECK(s.times().next == from_rfc3339("2026-11-18T10:00:00Z"));
  for (int minutes = 0; minutes < 24 * 60; minutes += 10)
    s.all->pass(10min);
  CHECK(s.watcher.reads == 1);
  CHECK(s.times().last == from_rfc3339("2026-11-18T10:00:00Z"));
  CHECK(s.times().next == from_rfc3339("2026-11-19T10:00:00Z"));
}

TEST_CASE("a store that is away is asked again as long as the window lasts, then in the next") {
  refreshing_stage s;
  s.watcher.fails = true;
  s.set_timer("10:00-11:00");
  for (int minutes = 0; minutes < 6 * 60; minutes += 10)
    s.all->pass(10min);
  CHECK(s.watcher.reads == 3);
  CHECK_FALSE(is_set(s.times().last));
  CHECK(s.times().next == from_rfc3339("2026-11-19T10:00:00Z"));
}

TEST_CASE("a clock that is set back puts no refresh off") {
  refreshing_stage s{"2030-01-01T09:00:00Z"};
  s.set_timer("10:00-11:00");
  s.on.now = from_rfc3339("2026-11-18T09:00:00Z");
  s.all->pass(10min);
  CHECK(s.times().next == from_rfc3339("2026-11-18T10:00:00Z"));
}

TEST_CASE("a window that was slept through is not made up for") {
  refreshing_stage s;
  s.set_timer("10:00-11:00");
  s.on.now += 5h;
  s.all->pass(10min);
  CHECK(s.watcher.reads == 0);
  CHECK(s.times().next == from_rfc3339("2026-11-19T10:00:00Z"));
}

TEST_CASE("another timer counts from the moment it is set, and a restart keeps it and the last time") {
  refreshing_stage s;
  s.set_timer("00:00-24:00/1440");
  s.all->pass(1s);
  CHECK(s.watcher.reads == 1);
  auto last = s.times().last;
  s.set_timer("mon,10:00");
  s.all->end();
  s.all.emplace(s.directory.path() / "journal.db", s.on);
  s.all->run();
  CHECK(s.times().timer == "mon,10:00");
  CHECK(s.times().last == last);
  CHECK(s.times().next == from_rfc3339("2026-11-23T10:00:00Z"));
}

TEST_CASE("settings that are set while others are being stored all come to hold") {
  refreshing_stage s;
  auto settings = s.all->actors().members().settings;
  for (int retain = 3; retain < 9; ++retain)
    caf::anon_send(settings,
                   assign_settings{R"({"options":{"refresh.retain":)" + std::to_string(retain) + "}}"});
  caf::anon_send(settings, assign_settings{R"({"options":{"refresh.hold":"forever"}})"});
  s.all->run();
  auto last = s.all->ask<system_settings_ptr>(settings, get_settings{});
  CHECK(last->options.retain() == 8);
  CHECK(last->options.hold().has_value());
  CHECK_THROWS_AS(s.all->ask<system_settings_ptr>(settings, assign_settings{"no JSON"}), failure);
}
