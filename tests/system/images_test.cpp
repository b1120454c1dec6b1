#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE("each way to show images installs, runs, restarts and removes a snap") {
  TROUPE_NEEDS_ROOT();
  auto way = GENERATE(std::string{"kernel"}, std::string{"squashfuse"}, std::string{"unpacked"});
  INFO(way);
  if ((way == "kernel" && !fs::exists("/dev/loop-control")) ||
      (way == "squashfuse" && (!fs::exists("/dev/fuse") || !fs::exists("/usr/bin/squashfuse")))) {
    WARN("skipped: this host has no " + way);
    return;
  }
  world w{{"--images", way}};
  CHECK(w.images() == way);
  CHECK_THAT(w.troupe({"version", "--verbose"}).out, Contains(way));

  auto source = plain_snap("hello");
  source.hooks["install"] = "#!/bin/sh\ntest -r \"$SNAP/meta/snap.yaml\"\n";
  auto installed = w.troupe({"install", "--dangerous", w.make_snap(source).string()});
  INFO(installed.err);
  REQUIRE(installed.exit_code == 0);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  w.daemon.kill_hard();
  w.daemon.start();
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  CHECK(w.troupe({"disable", "hello"}).exit_code == 0);
  CHECK(w.troupe({"enable", "hello"}).exit_code == 0);

  auto failing = plain_snap("fussy");
  failing.hooks["configure"] = "#!/bin/sh\nexit 1\n";
  CHECK(w.troupe({"install", "--dangerous", w.make_snap(failing).string()}).exit_code == 1);
  CHECK_FALSE(fs::exists(w.in_root("snap/fussy")));

  CHECK(w.troupe({"remove", "hello"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}
