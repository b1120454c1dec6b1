#include <catch2/catch.hpp>

#include <csignal>

#include "tests/support/stand_in_logind.hpp"
#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// What runs between the mark and the link of a refresh of what it is in.
snap_source slow_to_leave(snap_source source, const std::string& end = {}) {
  source.hooks["pre-refresh"] = slow_hook() + end;
  return source;
}

/// A daemon with the snap hello, whose refreshes are as long between two revisions as the test likes.
struct delayed_world : sleeping_world {
  explicit delayed_world(environment variables, const std::string& end_of_hook = {})
      : sleeping_world{"", "", std::move(variables)} {
    fine({"install", "--dangerous", make_snap(slow_to_leave(sleeping_snap("2"), end_of_hook)).string()});
  }

  std::string status(const std::string& id) { return text(change(id), "status"); }
  std::string facility() { return fine({"version", "--verbose"}).out; }
};

} // namespace

TEST_CASE("shutdown waits exactly while snaps are between two revisions, by one lock for all of them") {
  TROUPE_NEEDS_ROOT();
  private_bus bus;
  stand_in_logind logind{bus};
  delayed_world w{bus.variables()};
  CHECK_THAT(w.facility(), Contains("shutdown  logind"));
  CHECK(eventually([&] { return logind.held() == 0; }));
  auto before = logind.asked().size();
  w.fine({"install", "--dangerous", w.make_snap(slow_to_leave(plain_snap("other", "1"))).string()});

  auto app = w.launch();
  fs::remove(w.common_data("hello") / "started");
  auto id = w.begin_refresh("3");
  REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
  CHECK(logind.asked().size() == before);
  app->send_signal(SIGTERM);
  REQUIRE(w.hook_started("hello"));
  CHECK(logind.held() == 1);
  auto asked = logind.asked().back();
  CHECK(asked.what == "shutdown");
  CHECK(asked.who == "Troupe");
  CHECK(asked.why == "Snaps are between two revisions");
  CHECK(asked.mode == "delay");

  auto other = w.fine({"install", "--dangerous", "--no-wait",
                       w.make_snap(slow_to_leave(plain_snap("other", "2"))).string()})
                   .out;
  other.pop_back();
  REQUIRE(w.hook_started("other"));
  w.let_hook_go("hello");
  CHECK(eventually([&] { return w.is_done(id); }));
  CHECK(logind.held() == 1);
  CHECK(logind.asked().size() == before + 1);
  w.let_hook_go("other");
  CHECK(eventually([&] { return w.is_done(other); }));
  CHECK(eventually([&] { return logind.held() == 0; }));
}

TEST_CASE("shutdown goes on once a refresh that fails amid the switch is undone") {
  TROUPE_NEEDS_ROOT();
  private_bus bus;
  stand_in_logind logind{bus};
  delayed_world w{bus.variables(), "exit 1\n"};
  auto id = w.begin_refresh("3");
  REQUIRE(w.hook_started("hello"));
  CHECK(logind.held() == 1);
  w.let_hook_go("hello");
  CHECK(eventually([&] { return w.status(id) == "Error"; }));
  CHECK(w.current() == "x2");
  CHECK(eventually([&] { return logind.held() == 0; }));
}

TEST_CASE(
    "a daemon that is killed amid a switch holds shutdown up no longer, and again when it starts") {
  TROUPE_NEEDS_ROOT();
  private_bus bus;
  stand_in_logind logind{bus};
  delayed_world w{bus.variables()};
  auto id = w.begin_refresh("3");
  REQUIRE(w.hook_started("hello"));
  w.daemon.kill_hard();
  CHECK(eventually([&] { return logind.held() == 0; }));
  w.daemon.start();
  w.api = w.daemon.client();
  CHECK(logind.held() == 1);
  CHECK(w.daemon.stop() == 0);
  CHECK(eventually([&] { return logind.held() == 0; }));
  w.let_hook_go("hello");
  w.daemon.start();
  w.api = w.daemon.client();
  CHECK(eventually([&] { return w.is_done(id); }));
  CHECK(w.current() == "x3");
  CHECK(eventually([&] { return logind.held() == 0; }));
}

TEST_CASE("a host without a system bus, or without logind on it, refreshes without delaying shutdown") {
  TROUPE_NEEDS_ROOT();
  private_bus bus;
  const environment nowhere{{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus"}};
  for (const auto& [variables, why] :
       {std::pair{nowhere, "there is no system bus"},
        std::pair{bus.variables(), "there is no logind on the system bus"}}) {
    delayed_world w{variables};
    auto said = w.facility();
    CHECK_THAT(said, Contains("shutdown  not delayed"));
    CHECK_THAT(said, Contains(why));
    w.let_hook_go("hello");
    w.fine({"install", "--dangerous", w.image("3").string()});
    CHECK(w.current() == "x3");
  }
}
