#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"
#include "tests/support/local_store.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

TEST_CASE("snap finds, installs, refreshes, switches and reverts what a store offers") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  local_store store{w};
  store.offer(plain_snap("hello", "1.0"));

  CHECK_THAT(w.snap({"find", "hello"}).out, Contains("hello"));
  CHECK_THAT(w.snap({"info", "hello"}).out, Contains("latest/stable"));
  auto installed = w.snap({"install", "hello"});
  INFO(installed.err);
  CHECK(installed.exit_code == 0);
  CHECK_THAT(installed.out, Contains("hello 1.0") && Contains("installed"));
  CHECK_THAT(w.snap({"list", "hello"}).out, Contains("latest/stable"));

  CHECK_THAT(w.snap({"refresh"}).err, Contains("All snaps up to date."));
  auto none = w.snap({"refresh", "hello"});
  CHECK(none.exit_code == 0);
  CHECK_THAT(none.err, Contains("no updates available"));

  store.offer(plain_snap("hello", "2.0"));
  CHECK_THAT(w.snap({"refresh", "--list"}).out, Contains("hello") && Contains("2.0"));
  auto refreshed = w.snap({"refresh", "hello"});
  INFO(refreshed.err);
  CHECK(refreshed.exit_code == 0);
  CHECK_THAT(refreshed.out, Contains("hello 2.0") && Contains("refreshed"));

  auto reverted = w.snap({"revert", "hello"});
  INFO(reverted.err);
  CHECK(reverted.exit_code == 0);
  CHECK_THAT(reverted.out, Contains("hello reverted to 1.0"));
  CHECK_THAT(w.snap({"list", "hello"}).out, Contains("1.0"));

  auto switched = w.snap({"switch", "--channel", "edge", "hello"});
  INFO(switched.err);
  CHECK(switched.exit_code == 0);
  CHECK_THAT(w.snap({"list", "hello"}).out, Contains("latest/edge"));
}

TEST_CASE("snap shows when snaps are refreshed, and sets the options for that") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  CHECK_THAT(w.snap({"refresh", "--time"}).out,
             Contains("timer: 00:00~24:00/4") && Contains("last: n/a") && Contains("next: "));
  auto set = w.snap({"set", "system", "refresh.timer=mon,23:00-01:00", "refresh.hold=forever"});
  INFO(set.err);
  CHECK(set.exit_code == 0);
  CHECK_THAT(w.snap({"refresh", "--time"}).out,
             Contains("timer: mon,23:00-01:00") && Contains("hold: "));
  CHECK(w.snap({"get", "system", "refresh.timer"}).out == "mon,23:00-01:00\n");
  CHECK(w.snap({"unset", "system", "refresh.timer"}).exit_code == 0);
  CHECK(w.snap({"get", "system", "refresh.timer"}).exit_code == 1);
  auto wrong = w.snap({"set", "system", "refresh.retain=1"});
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, Contains("cannot set option \"refresh.retain\""));
}

TEST_CASE("snap says why a store's snap can't be installed") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  local_store store{w};
  store.offer(plain_snap("hello", "1.0"), "beta");
  auto missing = w.snap({"install", "nothing-like-it"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Contains("snap \"nothing-like-it\" not found"));
  auto risky = w.snap({"install", "hello"});
  CHECK(risky.exit_code == 1);
  CHECK_THAT(risky.err, Contains("beta"));
  CHECK(w.snap({"install", "--beta", "hello"}).exit_code == 0);
}
