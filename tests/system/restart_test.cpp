#include <catch2/catch.hpp>

#include <sys/mount.h>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

void stop(running_daemon& daemon, bool hard) {
  if (hard)
    daemon.kill_hard();
  else
    CHECK(daemon.stop() == 0);
}

} // namespace

TEST_CASE("installed snaps outlive their daemon, and a new one knows them") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto hard = GENERATE(false, true);
  install(w.api, w.make_snap(plain_snap("hello")));
  install(w.api, w.make_snap(plain_snap("bonjour")));
  wait_for_change(w.api, start_action(w.api, "bonjour", "disable"));
  auto mounted = mounts_below(w.root());

  stop(w.daemon, hard);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  auto unanswered = w.troupe({"list"});
  CHECK(unanswered.exit_code == 1);
  CHECK_THAT(unanswered.err, Contains("troupe.socket"));
  w.daemon.start();

  CHECK(mounts_below(w.root()) == mounted);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  CHECK_THAT(w.troupe({"list"}).out, Contains("hello") && Contains("bonjour") && Contains("disabled"));
  CHECK_THAT(w.troupe({"changes"}).out,
             Contains("Install \"hello\" snap") && Contains("Disable \"bonjour\""));
  CHECK(w.troupe({"enable", "bonjour"}).exit_code == 0);
  CHECK(w.troupe({"remove", "hello", "bonjour"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("an unready change goes on after a restart and runs the interrupted hook again") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto hard = GENERATE(false, true);
  auto source = plain_snap("slow");
  source.yaml += "confinement: devmode\n"; // its notes are outside
  source.hooks["install"] = slow_hook() + "echo run >> '" + (w.where.work() / "runs").string() + "'\n";
  auto id = start_install(w.api, w.make_snap(source));
  REQUIRE(w.hook_started("slow"));

  stop(w.daemon, hard);
  CHECK(eventually([&] { return processes_with("TROUPE_HOOK_ROOT", w.root().string()).empty(); }));
  fs::remove(w.common_data("slow") / "started");
  w.daemon.start();
  auto conflict = w.troupe({"remove", "slow"});
  CHECK(conflict.exit_code == 10);
  REQUIRE(w.hook_started("slow"));
  w.let_hook_go("slow");
  CHECK(text(wait_for_change(w.api, id), "status") == "Done");
  CHECK(read_file(w.where.work() / "runs") == "run\n");
  CHECK(w.troupe({"run", "slow"}).exit_code == 0);
  CHECK(w.troupe({"remove", "slow"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a change that went on after a restart can still be aborted") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("slow");
  source.hooks["install"] = slow_hook();
  auto id = start_install(w.api, w.make_snap(source));
  REQUIRE(w.hook_started("slow"));
  w.daemon.kill_hard();
  w.daemon.start();
  CHECK(w.troupe({"abort", id}).exit_code == 0);
  CHECK(text(wait_for_change(w.api, id), "status") != "Done");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("an image that was unmounted behind the daemon's back is mounted again at its start") {
  TROUPE_NEEDS_ROOT();
  world w;
  if (w.images() == "unpacked") {
    WARN("skipped: this host mounts no images");
    return;
  }
  install(w.api, w.make_snap(plain_snap("hello")));
  w.daemon.stop();
  auto mount_point = w.in_root("snap/hello/x1");
  REQUIRE(umount2(mount_point.c_str(), 0) == 0);
  CHECK(w.troupe({"run", "hello"}).exit_code == 1);
  w.daemon.start();
  CHECK(mounts_below(w.root()) == std::vector{mount_point.string()});
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
}

TEST_CASE("a change's id is never used again after a restart") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello"));
  auto first = text(install(w.api, image), "id");
  w.daemon.kill_hard();
  w.daemon.start();
  auto second = start_action(w.api, "hello", "remove");
  CHECK(std::stoi(second) > std::stoi(first));
  wait_for_change(w.api, second);
}
