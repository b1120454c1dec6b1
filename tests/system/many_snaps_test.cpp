#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

snap_source based_on(snap_source source, const std::string& base) {
  source.yaml += "base: " + base + "\n";
  return source;
}

snap_source base_snap(const std::string& name) {
  snap_source source;
  source.yaml = "name: " + name + "\nversion: 1.0\ntype: base\n";
  return source;
}

snap_source slow_to_install(const std::string& name, const std::string& base) {
  auto source = based_on(plain_snap(name), base);
  source.hooks["install"] = slow_hook();
  return source;
}

std::string why(const world& w, const std::string& what) {
  auto told = w.troupe({"why", what});
  CHECK(told.exit_code == 0);
  return told.out;
}

} // namespace

TEST_CASE("a base's link tasks wait for the lanes of its apps, and not for an app of another base") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(base_snap("base22")));
  install(w.api, w.make_snap(base_snap("base24")));
  // The hooks of unrelated applications run at the same time.
  std::map<std::string, std::string> installing;
  for (const auto& [name, base] :
       std::map<std::string, std::string>{{"one", "base22"}, {"two", "base22"}, {"other", "base24"}})
    installing[name] = start_install(w.api, w.make_snap(slow_to_install(name, base)));
  for (std::string name : {"one", "two", "other"})
    REQUIRE(w.hook_started(name));

  auto disabling = w.troupe({"disable", "base22", "--force", "--no-wait"});
  REQUIRE(disabling.exit_code == 0);
  auto base_change = disabling.out.substr(0, disabling.out.find('\n'));
  auto told = [&] { return why(w, base_change); };
  CHECK(eventually([&] { return told().find("is the base of the other") != std::string::npos; }));
  CHECK_THAT(told(), Contains("lane 1 of change " + installing["one"] + " keeps it out"));
  CHECK_THAT(told(), Contains("Run install hook of \"one\" snap"));
  CHECK_THAT(told(), Contains("troupe abort " + installing["one"]));

  w.let_hook_go("one");
  CHECK(text(wait_for_change(w.api, installing["one"]), "status") == "Done");
  CHECK(eventually([&] {
    return told().find("lane 1 of change " + installing["two"] + " keeps it out") != std::string::npos;
  }));
  CHECK_FALSE(get_change(w.api, base_change).at("ready").as_bool());

  w.let_hook_go("two");
  CHECK(text(wait_for_change(w.api, base_change), "status") == "Done");
  CHECK_FALSE(get_change(w.api, installing["other"]).at("ready").as_bool());
  w.let_hook_go("other");
  CHECK(text(wait_for_change(w.api, installing["other"]), "status") == "Done");
}

TEST_CASE("an app and its base are installed from two files in one change, and removed in one") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto app = w.make_snap(based_on(plain_snap("app"), "base22")).string();
  auto base = w.make_snap(base_snap("base22")).string();
  auto installed = w.troupe({"install", "--dangerous", app, base});
  CHECK(installed.exit_code == 0);
  CHECK(installed.out == "app 1.0 installed\nbase22 1.0 installed\n");
  auto refused = w.troupe({"remove", "base22"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("snap \"app\" runs on it"));
  CHECK(w.troupe({"remove", "base22", "app"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a file that fails leaves its neighbour installed, unless the transaction is over all") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto failing = plain_snap("failing");
  failing.hooks["install"] = "#!/bin/sh\nexit 1\n";
  auto bad = w.make_snap(failing).string();
  auto good = w.make_snap(plain_snap("good")).string();
  CHECK(w.troupe({"install", "--dangerous", "--transaction", "all-snaps", good, bad}).exit_code == 1);
  CHECK(list_snaps(w.api).empty());
  CHECK(w.troupe({"install", "--dangerous", good, bad}).exit_code == 1);
  REQUIRE(list_snaps(w.api).size() == 1);
  CHECK(text(list_snaps(w.api).front().as_object(), "name") == "good");
}

TEST_CASE("a request waits for another change's snap as long as it was told, and no longer") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("slow");
  source.hooks["install"] = slow_hook();
  auto owner = start_install(w.api, w.make_snap(source));
  REQUIRE(w.hook_started("slow"));

  auto refused = w.troupe({"remove", "slow"});
  CHECK(refused.exit_code == 10);
  CHECK_THAT(refused.err, Contains("troupe watch " + owner) && Contains("troupe abort " + owner));

  auto impatient = w.troupe({"remove", "slow", "--conflict", "wait=100ms"});
  CHECK(impatient.exit_code == 1);
  CHECK_THAT(impatient.err, Contains("cannot wait any longer"));

  auto waiting = w.troupe({"remove", "slow", "--conflict", "wait", "--no-wait"});
  REQUIRE(waiting.exit_code == 0);
  auto id = waiting.out.substr(0, waiting.out.find('\n'));
  CHECK_THAT(why(w, id), Contains("change " + owner));
  w.let_hook_go("slow");
  CHECK(text(wait_for_change(w.api, owner), "status") == "Done");
  CHECK(text(wait_for_change(w.api, id), "status") == "Done");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("options of a request that contradict each other or mean nothing are refused") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  for (std::string conflict : {"never", "wait=", "wait=soon", "fail=3s", "wait=-1s"}) {
    INFO(conflict);
    CHECK(w.troupe({"remove", "hello", "--conflict", conflict}).exit_code != 0);
  }
  CHECK(w.troupe({"remove", "hello", "--transaction", "some"}).exit_code == 64);
  CHECK(w.troupe({"remove", "hello", "hello"}).exit_code == 1);
  CHECK(w.troupe({"abort", "1", "--lane", "7"}).exit_code == 1);
  CHECK(list_snaps(w.api).size() == 1);
}
