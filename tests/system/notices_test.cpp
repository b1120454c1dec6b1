#include <catch2/catch.hpp>

#include "tests/support/stored_warnings.hpp"
#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using Catch::Matches;

namespace {

// Not "today", since a day may end between the notice and the look at it.
const std::string when = " +[a-z]+ at [0-9]+:[0-9]+ [^ ]+ +";

json::value printed(const program_result& result) {
  INFO(result.out);
  CHECK(result.exit_code == 0);
  return json::parse(result.out);
}

/// A daemon that warns of two things.
struct warned_world : world {
  warned_world() {
    daemon.stop();
    store_warnings(root(), {"the disk is almost full", "the clock was set back\nby an hour"});
    daemon.start();
  }
};

} // namespace

TEST_CASE("troupe warnings lists the warnings, and okay takes away what was listed") {
  warned_world w;
  auto too_early = w.troupe({"okay"});
  CHECK(too_early.exit_code == 1);
  CHECK_THAT(too_early.err, Contains("cannot say okay to warnings: none were listed yet"));

  auto listed = w.troupe({"warnings", "--abs-time"});
  CHECK(listed.exit_code == 0);
  CHECK_THAT(listed.out, Matches("last-occurrence:  20[^\n]+Z\nwarning: \\|\n  the disk is almost full\n"
                                 "---\n"
                                 "last-occurrence:  20[^\n]+Z\nwarning: \\|\n  the clock was set back\n"
                                 "  by an hour\n"));
  w.daemon.stop();
  store_warnings(w.root(), {"something new", "and later"});
  w.daemon.start();
  auto said = printed(w.troupe({"--json", "okay"})).as_object();
  CHECK(said.at("warnings").to_number<int>() >= 2);
  auto left = printed(w.troupe({"warnings", "--json"})).as_array();
  for (const auto& warning : left)
    CHECK_THAT(text(warning.as_object(), "message"), !Contains("disk") && !Contains("clock"));

  CHECK(w.troupe({"warnings"}).exit_code == 0);
  CHECK(w.troupe({"okay"}).exit_code == 0);
  CHECK(w.troupe({"warnings"}).out == "No warnings.\n");
  auto all = w.troupe({"warnings", "--all"});
  CHECK_THAT(all.out, Contains("acknowledged:      ") && Contains("repeats-after:     24h0m0s\n") &&
                          Contains("expires-after:     672h0m0s\n") && Contains("  something new\n"));
}

TEST_CASE("what was said okay to is remembered by a daemon that is killed") {
  warned_world w;
  CHECK(printed(w.troupe({"warnings", "--json"})).as_array().size() == 2);
  CHECK(w.troupe({"okay"}).exit_code == 0);
  w.daemon.kill_hard();
  w.daemon.start();
  CHECK(printed(w.troupe({"warnings", "--json"})).as_array().empty());
  CHECK(printed(w.troupe({"warnings", "--all", "--json"})).as_array().size() == 2);
}

TEST_CASE("troupe notices and notice show how a change went on") {
  TROUPE_NEEDS_ROOT();
  world w;
  CHECK_THAT(w.troupe({"notices"}).err, Contains("no notices found"));
  CHECK(printed(w.troupe({"notices", "--json"})).as_array().empty());
  install(w.api, w.make_snap(plain_snap("hello")));
  auto list = w.troupe({"notices", "--type", "change-update", "--type", "warning"});
  CHECK(list.exit_code == 0);
  CHECK_THAT(list.out, Matches("ID +User +Type +Key +First +Repeated +Occurrences\n"
                               "[0-9]+ +all +change-update +1" +
                               when + when.substr(2) + "[0-9]+\n"));
  CHECK_THAT(w.troupe({"notices", "--type", "none"}).err, Contains("no notices found"));

  auto notices = printed(w.troupe({"notices", "--json"})).as_array();
  REQUIRE(notices.size() == 1);
  auto id = text(notices.at(0).as_object(), "id");
  auto one = w.troupe({"notice", id});
  CHECK(one.exit_code == 0);
  CHECK_THAT(one.out, Contains("type:            change-update\n") &&
                          Contains("expire-after:    168h0m0s\n") && Contains("  kind: install-snap\n"));
  CHECK(printed(w.troupe({"notice", "--json", id})) == notices.at(0));
  auto unknown = w.troupe({"notice", "99"});
  CHECK(unknown.exit_code == 1);
  CHECK_THAT(unknown.err, Contains("cannot find notice with id \"99\""));
  w.daemon.restart();
  CHECK(printed(w.troupe({"notices", "--json"})).as_array() == notices);
}

TEST_CASE("notices of another user are for root only") {
  TROUPE_NEEDS_ROOT();
  world w;
  w.daemon.stop();
  store_notice(w.root(), 4242, "mine");
  w.daemon.start();
  CHECK(result_of(w.api.get("/v2/notices")).as_array().empty());
  CHECK(result_of(w.api.get("/v2/notices?user-id=4242")).as_array().size() == 1);
  CHECK(result_of(w.api.get("/v2/notices?users=all")).as_array().size() == 1);
  CHECK(w.api.get("/v2/notices?user-id=x").status == 400);
  CHECK(w.api.get("/v2/notices?after=2024-05-01").status == 400);
}

TEST_CASE("troupe history lists ended changes, those of one snap or the last ones") {
  TROUPE_NEEDS_ROOT();
  world w;
  CHECK_THAT(w.troupe({"history"}).err, Contains("no ended changes found"));
  install(w.api, w.make_snap(plain_snap("hello")));
  install(w.api, w.make_snap(plain_snap("other")));
  wait_for_change(w.api, start_action(w.api, "hello", "remove"));
  auto all = w.troupe({"history"});
  CHECK(all.exit_code == 0);
  CHECK_THAT(all.out,
             Matches("ID +Status +Spawn +Ready +Summary\n"
                     "3 +Done" +
                     when + when.substr(2) + "Remove \"hello\" snap\n2 +Done[^\n]+\n1 +Done[^\n]+\n"));
  auto of_hello = printed(w.troupe({"history", "hello", "--json"})).as_array();
  REQUIRE(of_hello.size() == 2);
  CHECK(text(of_hello.at(0).as_object(), "kind") == "remove-snap");
  CHECK(printed(w.troupe({"history", "--limit", "1", "--json"})).as_array().size() == 1);
  w.daemon.restart();
  CHECK(printed(w.troupe({"history", "hello", "--json"})).as_array() == of_hello);

  for (std::string limit : {"0", "10001", "x"})
    CHECK(w.troupe({"history", "--limit", limit}).exit_code == 64);
  CHECK(w.troupe({"history", "../x"}).exit_code == 1);
  CHECK(w.api.get("/v2/troupe/history?limit=0").status == 400);
  CHECK(w.api.get("/v2/troupe/history?snap=..%2Fx").status == 400);
}
