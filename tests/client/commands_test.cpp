#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using Catch::Matches;
namespace fs = std::filesystem;

namespace {

snap_source fussy_snap() {
  auto source = plain_snap("fussy");
  source.hooks["configure"] = "#!/bin/sh\necho 'the colour is wrong'\nexit 1\n";
  return source;
}

snap_source slow_snap() {
  auto source = plain_snap("slow");
  source.hooks["install"] = slow_hook();
  return source;
}

// Not "today", since a day may end between the change and the look at it.
const std::string now = " +[a-z]+ at [0-9]+:[0-9]+ [^ ]+ +";

} // namespace

TEST_CASE("snap version shows the daemon's") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto result = w.snap({"version"});
  CHECK(result.exit_code == 0);
  CHECK_THAT(
      result.out,
      Matches("snap +2\\.[^\n]+\nsnapd +0\\.1\\.0\nseries +16\n[a-z]+ +[^\n]+\nkernel +[^\n]+\n"));
}

TEST_CASE("snap packs a snap that can be installed, listed, run and removed") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto empty = w.snap({"list"});
  CHECK(empty.exit_code == 0);
  CHECK(empty.out.empty());
  CHECK_THAT(empty.err, Contains("No snaps are installed yet"));

  auto tree = write_snap(w.where.work() / "tree", plain_snap("hello"));
  auto packed = w.snap({"pack", tree.string(), "."});
  INFO(packed.err);
  CHECK(packed.exit_code == 0);
  CHECK(packed.out == "built: hello_1.0_all.snap\n");

  auto installed = w.snap({"install", "--dangerous", "hello_1.0_all.snap"});
  INFO(installed.err);
  CHECK(installed.exit_code == 0);
  CHECK(installed.out == "hello 1.0 installed\n");

  auto list = w.snap({"list"});
  CHECK(list.exit_code == 0);
  CHECK_THAT(list.out, Matches("Name +Version +Rev +Tracking +Publisher +Notes\n"
                               "hello +1\\.0 +x1 +- +- +-\n"));
  CHECK(w.snap({"list", "--all", "hello"}).out == list.out);
  auto missing = w.snap({"list", "nothing"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Contains("no matching snaps installed"));
  CHECK_THAT(w.troupe({"run", "hello"}).out, Contains("SNAP_INSTANCE_NAME=hello\n"));

  auto removed = w.snap({"remove", "hello"});
  CHECK(removed.exit_code == 0);
  CHECK(removed.out == "hello removed\n");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});

  auto again = w.snap({"remove", "hello"});
  CHECK(again.exit_code == 0);
  CHECK(again.out.empty());
  CHECK_THAT(in_one_line(again.err), Contains("snap \"hello\"") && Contains("is not installed"));
}

TEST_CASE("snap info shows an installed snap and a file") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto image = w.make_snap(plain_snap("hello"));
  install(w.api, image);
  auto installed = w.snap({"info", "hello"});
  CHECK(installed.exit_code == 0);
  for (std::string line : {"name:      hello\n", "summary:   A snap of a test\n",
                           "commands:\n  - hello\n", "installed:    1.0 (x1)"})
    CHECK_THAT(installed.out, Contains(line));
  auto file = w.snap({"info", image.string()});
  CHECK(file.exit_code == 0);
  for (std::string line : {"name:       hello\n", "summary:    A snap of a test\n", "version:    1.0"})
    CHECK_THAT(file.out, Contains(line));
  auto unknown = w.snap({"info", "nothing"});
  CHECK(unknown.exit_code == 1);
  CHECK_THAT(unknown.err, Contains("no snap found for \"nothing\""));
}

TEST_CASE("snap install says why it can't be") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  auto unsigned_file = w.snap({"install", image});
  CHECK(unsigned_file.exit_code == 1);
  CHECK_THAT(in_one_line(unsigned_file.err),
             Contains("error: cannot find signatures with metadata for snap \"hello_1.0_all.snap\""));
  auto from_store = w.snap({"install", "hello"});
  CHECK(from_store.exit_code == 1);
  CHECK_THAT(from_store.err, Contains("snap \"hello\" not found"));

  auto failing = w.snap({"install", "--dangerous", w.make_snap(fussy_snap()).string()});
  CHECK(failing.exit_code == 1);
  CHECK(failing.out.empty());
  CHECK(failing.err ==
        "error: cannot perform the following tasks:\n"
        "- Run configure hook of \"fussy\" snap (run hook \"configure\": the colour is wrong)\n");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});

  CHECK(w.snap({"install", "--dangerous", image}).exit_code == 0);
  auto twice = w.snap({"install", "--dangerous", image});
  CHECK(twice.exit_code == 0);
  CHECK_THAT(w.snap({"list", "hello"}).out, Contains("x2"));

  write_file(w.snaps() / "bad.snap", std::string(100'000, 'x'));
  auto bad = w.snap({"install", "--dangerous", "bad.snap"});
  CHECK(bad.exit_code == 1);
  CHECK_THAT(bad.err, Contains("bad.snap"));
  CHECK(unready_changes(w.api).empty());
}

TEST_CASE("snap install takes a file that is far larger than a socket's buffer, also to refuse it") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto large = plain_snap("large");
  large.files["data"] = std::string(8U << 20, 'x');
  auto tree = write_snap(w.where.work() / "tree", large);
  auto image = w.where.work() / "large.snap";
  REQUIRE(run_program({"/usr/bin/mksquashfs", tree.string(), image.string(), "-noD", "-noI",
                       "-no-progress", "-quiet"})
              .exit_code == 0);
  auto refused = w.snap({"install", image.string()});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(in_one_line(refused.err), Contains("cannot find signatures"));
  CHECK(w.snap({"install", "--dangerous", image.string()}).exit_code == 0);
}

TEST_CASE("snap install --name makes an instance") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  auto result = w.snap({"install", "--dangerous", "--name", "hello_two", image});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.out == "hello_two 1.0 installed\n");
  CHECK_THAT(w.snap({"list"}).out, Contains("hello_two"));
  CHECK_THAT(w.snap({"info", "hello_two"}).out, Contains("hello_two"));
  CHECK(w.snap({"remove", "hello_two"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("snap disable and enable switch a snap off and on") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  auto disabled = w.snap({"disable", "hello"});
  CHECK(disabled.exit_code == 0);
  CHECK(disabled.out == "hello disabled\n");
  CHECK_THAT(w.snap({"list"}).out, Matches("[^\n]+\nhello +1\\.0 +x1 +- +- +disabled\n"));
  CHECK_FALSE(fs::exists(fs::symlink_status(w.in_root("snap/bin/hello"))));
  CHECK(w.snap({"disable", "hello"}).exit_code == 1);
  auto enabled = w.snap({"enable", "hello"});
  CHECK(enabled.exit_code == 0);
  CHECK(enabled.out == "hello enabled\n");
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  auto unknown = w.snap({"enable", "nothing"});
  CHECK(unknown.exit_code == 1);
  CHECK_THAT(in_one_line(unknown.err), Contains("\"nothing\""));
}

TEST_CASE("snap changes, tasks and watch show what was done") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto none = w.snap({"changes"});
  CHECK_THAT(none.err, Contains("no changes found"));

  w.snap({"install", "--dangerous", w.make_snap(plain_snap("hello")).filename().string()});
  w.snap({"install", "--dangerous", w.make_snap(fussy_snap()).filename().string()});
  auto changes = w.snap({"changes"});
  CHECK(changes.exit_code == 0);
  CHECK_THAT(changes.out,
             Matches("ID +Status +Spawn +Ready +Summary\n"
                     "1 +Done" +
                     now + now +
                     "Install \"hello\" snap from file \"hello_1\\.0_all\\.snap\"\n"
                     "2 +Error" +
                     now + now + "Install \"fussy\" snap from file \"fussy_1\\.0_all\\.snap\"\n\n"));

  auto tasks = w.snap({"tasks", "1"});
  CHECK(tasks.exit_code == 0);
  CHECK_THAT(tasks.out,
             Contains("Mount snap \"hello\" (x1)") && Contains("Make snap \"hello\" (x1) available"));
  CHECK_THAT(tasks.out, !Contains("Undone"));
  auto failed = w.snap({"tasks", "--last=install"});
  CHECK(failed.exit_code == 0);
  CHECK_THAT(failed.out,
             Contains("Undone") && Contains("Error") && Contains("Mount snap \"fussy\" (x1)"));
  CHECK_THAT(failed.out, Contains("ERROR run hook \"configure\": the colour is wrong"));

  CHECK(w.snap({"watch", "1"}).exit_code == 0);
  auto watched = w.snap({"watch", "2"});
  CHECK(watched.exit_code == 1);
  CHECK_THAT(watched.err, Contains("the colour is wrong"));

  for (std::string command : {"tasks", "watch", "abort"}) {
    auto unknown = w.snap({command, "99"});
    CHECK(unknown.exit_code == 1);
    CHECK(unknown.err == "error: cannot find change with id \"99\"\n");
  }
  auto ready = w.snap({"abort", "1"});
  CHECK(ready.exit_code == 1);
  CHECK(ready.err == "error: cannot abort change 1 with nothing pending\n");
}

TEST_CASE("snap abort undoes an install that is going on, and watch sees it end") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto started = w.snap({"install", "--no-wait", "--dangerous", w.make_snap(slow_snap()).string()});
  CHECK(started.exit_code == 0);
  CHECK(started.out == "1\n");
  REQUIRE(w.hook_started("slow"));
  CHECK_THAT(w.snap({"changes"}).out, Contains("Doing"));
  program watching{w.snap_words({"watch", "1"}), w.client_environment()};
  CHECK(w.snap({"abort", "1"}).exit_code == 0);
  auto watched = watching.wait();
  CHECK(watched.exit_code == 1);
  CHECK_THAT(watched.err, Contains("<aborted>"));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a second operation on a snap in a change ends snap with exit code 10") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  program installing{w.snap_words({"install", "--dangerous", w.make_snap(slow_snap()).string()}),
                     w.client_environment()};
  REQUIRE(w.hook_started("slow"));
  for (std::string verb : {"remove", "disable", "enable"}) {
    auto refused = w.snap({verb, "slow"});
    CHECK(refused.exit_code == 10);
    CHECK_THAT(
        refused.err,
        Catch::StartsWith("error: snap \"slow\" has \"install-snap\" change in progress: change 1"));
  }
  w.let_hook_go("slow");
  auto installed = installing.wait();
  CHECK(installed.exit_code == 0);
  CHECK(installed.out == "slow 1.0 installed\n");
}

TEST_CASE("a snap that waits goes on with it when the daemon is started again") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  program installing{w.snap_words({"install", "--dangerous", w.make_snap(slow_snap()).string()}),
                     w.client_environment()};
  REQUIRE(w.hook_started("slow"));
  w.daemon.kill_hard();
  w.daemon.start();
  w.let_hook_go("slow");
  auto installed = installing.wait();
  INFO(installed.err);
  CHECK(installed.exit_code == 0);
  CHECK(installed.out == "slow 1.0 installed\n");
}

TEST_CASE("names that climb out of their directory reach nothing through snap") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  for (const auto& words : std::vector<std::vector<std::string>>{{"remove", "../x"},
                                                                 {"remove", "../../etc/passwd"},
                                                                 {"disable", "a/../../x"},
                                                                 {"remove", "NO"},
                                                                 {"remove", "x%2Fy"}}) {
    auto refused = w.snap(words);
    INFO(words.back());
    CHECK(refused.exit_code == 1);
    CHECK_THAT(refused.err, Catch::StartsWith("error: "));
  }
  CHECK(result_of(w.api.get("/v2/changes?select=all")).as_array().empty());
}
