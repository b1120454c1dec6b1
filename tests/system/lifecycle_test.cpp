#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE("an installed snap has its files in place, and removing it leaves nothing") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  source.yaml += "  greet:\n    command: bin/show two\n";
  auto image = w.make_snap(source);

  auto installed = w.troupe({"install", "--dangerous", image.string()});
  INFO(installed.err);
  CHECK(installed.exit_code == 0);
  CHECK(installed.out == "hello 1.0 installed\n");

  CHECK(read_file(w.in_root("var/lib/snapd/snaps/hello_x1.snap")) == read_file(image));
  CHECK(read_file(w.in_root("snap/hello/x1/meta/snap.yaml")) == source.yaml);
  if (w.images() != "unpacked")
    CHECK(mounts_below(w.root()) == std::vector{w.in_root("snap/hello/x1").string()});
  CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "x1");
  CHECK(fs::read_symlink(w.in_root("snap/bin/hello")).filename() == "troupe-run");
  CHECK(fs::read_symlink(w.in_root("snap/bin/hello.greet")).filename() == "troupe-run");
  CHECK(fs::is_directory(w.in_root("var/snap/hello/x1")));
  CHECK(fs::is_directory(w.in_root("var/snap/hello/common")));
  CHECK(fs::read_symlink(w.in_root("var/snap/hello/current")) == "x1");
  CHECK(eventually([&] { return fs::is_empty(w.in_root("var/lib/troupe/spool")); }));

  write_file(w.in_root("var/snap/hello/x1/state"), "data of the application");
  auto removed = w.troupe({"remove", "hello"});
  INFO(removed.err);
  CHECK(removed.exit_code == 0);
  CHECK(removed.out == "hello removed\n");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
  CHECK(list_snaps(w.api).empty());
  CHECK(w.daemon.stop() == 0);
}

TEST_CASE("an application finds its snap's environment and gets its arguments") {
  TROUPE_NEEDS_ROOT();
  world w;
  REQUIRE(
      w.troupe({"install", "--dangerous", w.make_snap(plain_snap("hello", "2.5")).string()}).exit_code ==
      0);
  auto by_link = GENERATE(false, true);
  auto words =
      by_link ? std::vector{w.in_root("snap/bin/hello").string()} : w.troupe_words({"run", "hello"});
  words.insert(words.end(), {"--three", "four five"});
  auto result = run_program(words, w.user());
  INFO(result.err);
  CHECK(result.exit_code == 0);
  for (const auto& line : {"SNAP=" + w.in_root("snap/hello/x1").string(), std::string{"SNAP_NAME=hello"},
                           std::string{"SNAP_INSTANCE_NAME=hello"}, std::string{"SNAP_INSTANCE_KEY="},
                           std::string{"SNAP_VERSION=2.5"}, std::string{"SNAP_REVISION=x1"},
                           "SNAP_DATA=" + w.in_root("var/snap/hello/x1").string(),
                           "SNAP_COMMON=" + w.in_root("var/snap/hello/common").string(),
                           "SNAP_USER_DATA=" + (w.where.work() / "home/snap/hello/x1").string(),
                           "SNAP_USER_COMMON=" + (w.where.work() / "home/snap/hello/common").string(),
                           std::string{"arguments: one --three four five"}})
    CHECK_THAT("\n" + result.out, Contains("\n" + line + "\n"));
}

TEST_CASE("an application's exit code is passed on") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("seven");
  source.files["bin/show"] = "#!/bin/sh\nexit 7\n";
  install(w.api, w.make_snap(source));
  CHECK(w.troupe({"run", "seven"}).exit_code == 7);
}

TEST_CASE("a disabled snap can't be run until it is enabled, and keeps its data") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  write_file(w.in_root("var/snap/hello/x1/state"), "kept");

  auto disabled = w.troupe({"disable", "hello"});
  CHECK(disabled.exit_code == 0);
  CHECK(disabled.out == "hello disabled\n");
  CHECK_FALSE(fs::exists(fs::symlink_status(w.in_root("snap/bin/hello"))));
  CHECK_FALSE(fs::exists(fs::symlink_status(w.in_root("snap/hello/current"))));
  CHECK(read_file(w.in_root("var/snap/hello/x1/state")) == "kept");
  CHECK_THAT(w.troupe({"list"}).out, Contains("disabled"));
  auto run = w.troupe({"run", "hello"});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("disabled"));
  CHECK_THAT(w.troupe({"disable", "hello"}).err, Contains("disabled already"));

  CHECK(w.troupe({"enable", "hello"}).exit_code == 0);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  CHECK(read_file(w.in_root("var/snap/hello/x1/state")) == "kept");
  CHECK_THAT(w.troupe({"enable", "hello"}).err, Contains("enabled already"));

  CHECK(w.troupe({"disable", "hello"}).exit_code == 0);
  CHECK(w.troupe({"remove", "hello"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("two instances of a snap live side by side") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  REQUIRE(w.troupe({"install", "--dangerous", image}).exit_code == 0);
  auto second = w.troupe({"install", "--dangerous", "--name", "hello_two", image});
  INFO(second.err);
  CHECK(second.exit_code == 0);
  CHECK(second.out == "hello_two 1.0 installed\n");

  auto run = w.troupe({"run", "hello_two"});
  CHECK_THAT(run.out, Contains("SNAP_NAME=hello\n"));
  CHECK_THAT(run.out, Contains("SNAP_INSTANCE_NAME=hello_two\n"));
  CHECK_THAT(run.out, Contains("SNAP_INSTANCE_KEY=two\n"));
  CHECK_THAT(run.out, Contains("SNAP_DATA=" + w.in_root("var/snap/hello_two/x1").string() + "\n"));
  CHECK(run_program({w.in_root("snap/bin/hello_two").string()}, w.user()).exit_code == 0);
  CHECK_THAT(w.troupe({"info", "hello_two"}).out, Contains("hello_two"));

  CHECK(w.troupe({"disable", "hello_two"}).exit_code == 0);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  CHECK(w.troupe({"remove", "hello"}).exit_code == 0);
  CHECK(w.troupe({"enable", "hello_two"}).exit_code == 0);
  CHECK(w.troupe({"run", "hello_two"}).exit_code == 0);
  CHECK(w.troupe({"remove", "hello_two"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("list and info show what is installed") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto empty = w.troupe({"list"});
  CHECK(empty.exit_code == 0);
  CHECK(empty.out.empty());
  CHECK_THAT(empty.err, Contains("No snaps are installed yet"));

  install(w.api, w.make_snap(plain_snap("hello")));
  install(w.api, w.make_snap(plain_snap("bonjour", "3")));
  auto list = w.troupe({"list"}).out;
  CHECK_THAT(list, Catch::Matches("Name +Version +Rev +Tracking +Publisher +Notes\n"
                                  "bonjour +3 +x1 +- +- +-\n"
                                  "hello +1.0 +x1 +- +- +-\n"));
  CHECK_THAT(w.troupe({"list", "hello"}).out, !Contains("bonjour"));
  auto missing = w.troupe({"list", "nothing"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Contains("no matching snaps installed"));

  auto info = w.troupe({"info", "hello"}).out;
  CHECK_THAT(info, Contains("summary:      A snap of a test\n"));
  CHECK_THAT(info, Contains("commands:\n  - hello\n"));
  CHECK_THAT(info, Contains("runs-on:      host files\n"));
  CHECK_THAT(info, Contains("installed:    1.0 (x1)"));
}

TEST_CASE("images of every compression that the kernel takes can be installed") {
  TROUPE_NEEDS_ROOT();
  world w;
  for (std::string compression : {"gzip", "xz", "zstd", "lzo", "lz4"}) {
    INFO(compression);
    auto tree = write_snap(w.where.work() / compression, plain_snap("snap-" + compression));
    auto packed =
        w.troupe({"pack", tree.string(), w.where.work().string(), "--compression", compression});
    INFO(packed.err);
    REQUIRE(packed.exit_code == 0);
    auto image = w.where.work() / ("snap-" + compression + "_1.0_all.snap");
    CHECK(packed.out == "built: " + image.string() + "\n");
    auto installed = w.troupe({"install", "--dangerous", image.string()});
    INFO(installed.err);
    CHECK(installed.exit_code == 0);
    CHECK(w.troupe({"run", "snap-" + compression}).exit_code == 0);
  }
}

TEST_CASE("a snap is installed only where its base is, and keeps the base from being removed") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto based = plain_snap("hello");
  based.yaml += "base: ground\n";
  auto image = w.make_snap(based).string();
  auto refused = w.troupe({"install", "--dangerous", image});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err,
             Contains("cannot install snap \"hello\": its base \"ground\" is not installed"));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});

  install(w.api, w.make_snap({"name: ground\nversion: 1\ntype: base\n", {}, {}}));
  CHECK(w.troupe({"install", "--dangerous", image}).exit_code == 0);
  CHECK_THAT(w.troupe({"info", "hello"}).out, Contains("base:         ground\n"));
  for (std::string verb : {"remove", "disable"}) {
    auto kept = w.troupe({verb, "ground"});
    CHECK(kept.exit_code == 1);
    CHECK_THAT(kept.err, Contains("snap \"hello\" runs on it"));
  }
  CHECK(w.troupe({"remove", "hello", "ground"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("every command prints one JSON document with --json, errors too") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  auto tree = write_snap(w.where.work() / "tree", plain_snap("packed")).string();
  struct command {
    std::vector<std::string> words;
    int exit_code;
  };
  for (const auto& [words, exit_code] : std::vector<command>{
           {{"version"}, 0},
           {{"version", "--verbose"}, 0},
           {{"list"}, 0},
           {{"changes"}, 0},
           {{"install", "--dangerous", image}, 0},
           {{"install", "--dangerous", image}, 0},
           {{"install", image}, 1},
           {{"install", "--dangerous", tree}, 1},
           {{"list"}, 0},
           {{"info", "hello"}, 0},
           {{"info", image}, 0},
           {{"info", "unknown"}, 1},
           {{"inspect", image}, 0},
           {{"inspect", tree}, 0},
           {{"pack", tree, w.snaps().string()}, 0},
           {{"changes"}, 0},
           {{"changes", "hello"}, 0},
           {{"tasks", "--last=install"}, 0},
           {{"tasks", "99"}, 1},
           {{"watch", "--last=install"}, 0},
           {{"abort", "--last=install"}, 1},
           {{"disable", "hello"}, 0},
           {{"disable", "hello"}, 1},
           {{"enable", "hello"}, 0},
           {{"remove", "hello"}, 0},
           {{"remove", "hello"}, 0},
           {{"remove"}, 64},
       }) {
    auto with_json = words;
    with_json.emplace_back("--json");
    auto result = w.troupe(with_json);
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(words)
         << ": " << result.out << result.err);
    CHECK(result.exit_code == exit_code);
    CHECK_NOTHROW(json::parse(result.out));
  }
}

TEST_CASE("changes, tasks and watch tell how an install went") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  auto started = w.troupe({"install", "--no-wait", "--dangerous", image});
  CHECK(started.exit_code == 0);
  auto id = started.out.substr(0, started.out.find('\n'));
  CHECK(w.troupe({"watch", id}).exit_code == 0);
  CHECK_THAT(w.troupe({"changes"}).out,
             Contains("Done") && Contains("Install \"hello\" snap from file \"" + image + "\""));
  auto tasks = w.troupe({"tasks", id}).out;
  for (std::string summary :
       {"Ensure prerequisites for \"hello\" are available", "Mount snap \"hello\" (x1)",
        "Copy snap \"hello\" data", "Make snap \"hello\" (x1) available to the system"})
    CHECK_THAT(tasks, Contains(summary));
  CHECK(w.troupe({"tasks", "--last=install"}).out == tasks);
  CHECK(w.troupe({"tasks", "--last=disable"}).exit_code == 1);
  CHECK(w.troupe({"tasks", "--last=disable?"}).exit_code == 0);
}
