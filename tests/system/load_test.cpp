#include <catch2/catch.hpp>

#include <signal.h>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> load_of(const world& w, std::vector<std::string> more) {
  std::vector<std::string> argv{built("troupe-stress"), "load",    "--root",
                                w.root().string(),      "--snaps", "6"};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

environment with_temporary_files_in(const fs::path& directory) {
  fs::create_directories(directory);
  return {{"TMPDIR", directory.string()}};
}

} // namespace

TEST_CASE("a load leaves the daemon as it found it, and its report tells what it did") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("not-of-a-load")));
  auto files = w.where.work() / "tmp";
  auto report = w.where.work() / "load.html";
  auto ran =
      run_program(load_of(w, {"--clients", "4", "--operations", "150", "--json", "--report", report}),
                  with_temporary_files_in(files));
  INFO(ran.out << ran.err);
  REQUIRE(ran.exit_code == 0);
  CHECK(ran.err.empty());
  auto told = json::parse_object(ran.out);
  CHECK(told.at("held").as_bool());
  CHECK(told.at("operations").to_number<int>() == 150);
  CHECK(told.at("changes").at("accepted").to_number<int>() > 20);
  CHECK(told.at("changes").at("unexpected").to_number<int>() == 0);
  CHECK(told.at("daemon").at("pid").to_number<int>() == w.daemon.pid());
  CHECK(told.at("invariants").as_array().size() == 7);
  CHECK_THAT(read_file(report), Contains("Load of a Troupe daemon") && Contains("</html>"));
  auto left = list_snaps(w.api);
  REQUIRE(left.size() == 1);
  CHECK(text(left[0].as_object(), "name") == "not-of-a-load");
  CHECK(unready_changes(w.api).empty());
  CHECK(fs::is_empty(files));
}

TEST_CASE("a load at a rate makes as many operations as were due") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto ran = run_program(load_of(w, {"--rate", "20", "--operations", "30", "--json"}));
  INFO(ran.out << ran.err);
  REQUIRE(ran.exit_code == 0);
  auto told = json::parse_object(ran.out);
  CHECK(told.at("operations").to_number<int>() == 30);
  CHECK(told.at("seconds").to_number<double>() >= 1.4);
  CHECK(told.at("never-begun").to_number<int>() == 0);
}

TEST_CASE("snaps that an earlier load left are removed first") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("troupe-load-app1")));
  install(w.api, w.make_snap(plain_snap("troupe-load-old")));
  auto ran = run_program(load_of(w, {"--operations", "10"}));
  INFO(ran.out << ran.err);
  CHECK(ran.exit_code == 0);
  CHECK(list_snaps(w.api).empty());
  CHECK(lasting_leftovers(w.root()).empty());
}

TEST_CASE("an interrupt ends a load in order: it reports and leaves nothing") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto files = w.where.work() / "tmp";
  program load{load_of(w, {"--seconds", "600", "--json"}), with_temporary_files_in(files)};
  REQUIRE(eventually([&] { return !list_snaps(w.api).empty(); }));
  load.send_signal(SIGINT);
  auto ran = load.wait();
  INFO(ran.out << ran.err);
  CHECK(ran.exit_code == 0);
  auto told = json::parse_object(ran.out);
  CHECK(told.at("interrupted").as_bool());
  CHECK(told.at("held").as_bool());
  CHECK(list_snaps(w.api).empty());
  CHECK(fs::is_empty(files));
}

TEST_CASE("a daemon that dies under a load is reported as a broken rule") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto files = w.where.work() / "tmp";
  program load{load_of(w, {"--seconds", "600", "--json"}), with_temporary_files_in(files)};
  REQUIRE(eventually([&] { return !list_snaps(w.api).empty(); }));
  w.daemon.kill_hard();
  auto ran = load.wait();
  INFO(ran.out << ran.err);
  CHECK(ran.exit_code == 1);
  auto told = json::parse_object(ran.out);
  CHECK_FALSE(told.at("held").as_bool());
  CHECK_THAT(ran.out, Contains("cannot connect to the daemon") || Contains("cannot talk to the daemon"));
  CHECK(fs::is_empty(files));
}

TEST_CASE("a load without a daemon says how to start one") {
  temporary_root where;
  auto ran = run_program({built("troupe-stress"), "load", "--root", where.root().string()});
  CHECK(ran.exit_code == 1);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, Contains("cannot connect to the daemon") && Contains("trouped --root"));
}

TEST_CASE("a load refuses a wrong command line, and a report that it couldn't write") {
  temporary_root where;
  auto load = built("troupe-stress");
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--clients", "0"},
                                                {"--rate", "-1"},
                                                {"--seconds", "0"},
                                                {"--snaps", "501"},
                                                {"--seconds", "5", "--operations", "5"},
                                                {"--socket", "/a", "--root", "/b"},
                                                {"more"}}) {
    std::vector<std::string> argv{load, "load"};
    argv.insert(argv.end(), wrong.begin(), wrong.end());
    CAPTURE(wrong);
    CHECK(run_program(argv).exit_code == 64);
  }
  auto ran =
      run_program({load, "load", "--root", where.root().string(), "--report", "/missing/load.html"});
  CHECK(ran.exit_code == 1);
  CHECK_THAT(ran.err, Contains("cannot write report \"/missing/load.html\""));
}
