#include <catch2/catch.hpp>

#include <csignal>

#include "tests/support/local_store.hpp"
#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

/// A hook that notes what snapctl says.
std::string asking_hook(const std::string& words) {
  return "#!/bin/sh\nsnapctl refresh " + words + " >$SNAP_COMMON/pending 2>&1\n" +
         "echo $? >>$SNAP_COMMON/pending\n";
}

std::string said(const world& w) { return read_file(w.common_data("hello") / "pending"); }

} // namespace

TEST_CASE("a refresh that waits for applications is shown, and its snap told of it, until it goes on") {
  TROUPE_NEEDS_ROOT();
  sleeping_world w{""};
  auto source = sleeping_snap("2");
  source.hooks["refresh-pending"] = asking_hook("--pending");
  source.hooks["pre-refresh"] = asking_hook("--pending");
  w.fine({"install", "--dangerous", w.make_snap(source).string()});
  CHECK(w.fine({"refresh", "--pending"}).out == "No refresh waits for running applications.\n");

  auto app = w.launch();
  auto id = w.begin_refresh("3");
  REQUIRE(eventually([&] { return said(w).ends_with("0\n"); }));
  CHECK(said(w) == "pending: inhibited\nversion: 3\nrevision: x3\n0\n");
  auto shown = w.fine({"refresh", "--pending", "hello"}).out;
  CHECK_THAT(shown, Contains("Name   Rev  To   Version  Waits  Change  New starts  Running\n"));
  CHECK_THAT(shown, Contains("\nhello  x2   x3   3 "));
  CHECK_THAT(shown, Contains("allowed     hello "));
  auto listed = json::parse(w.fine({"refresh", "--pending", "--json"}).out).as_array();
  REQUIRE(listed.size() == 1);
  const auto& one = listed.front().as_object();
  CHECK(text(one, "snap") == "hello");
  CHECK(text(one, "change") == id);
  CHECK(text(one, "from-revision") == "x2");
  CHECK(text(one, "revision") == "x3");
  CHECK(one.at("waiting") == w.task(id, "wait-for-apps").at("waiting"));

  app->send_signal(SIGTERM);
  CHECK(eventually([&] { return w.is_done(id); }));
  CHECK(said(w) == "pending: ready\nversion: 3\nrevision: x3\n0\n");
  CHECK(w.fine({"refresh", "--pending", "--json"}).out == "[]\n");
}

TEST_CASE("pending refreshes are shown only of snaps that are installed") {
  sleeping_world w{"subreaper"};
  auto refused = w.troupe({"refresh", "--pending", "hello", "missing"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("snap \"missing\" is not installed"));
  CHECK(w.troupe({"refresh", "--pending", "not a name"}).exit_code == 1);
  CHECK(w.troupe({"refresh", "--pending", "--list"}).exit_code == 64);
  CHECK(w.troupe({"refresh", "--pending", "hello", "--channel", "beta"}).exit_code == 64);
}

TEST_CASE("a hook is told what its store offers, and can't hold a refresh") {
  TROUPE_NEEDS_ROOT();
  world w;
  local_store store{w};
  auto source = plain_snap("hello", "1");
  source.hooks["configure"] = asking_hook("--pending");
  store.offer(source);
  w.fine({"install", "hello"});
  CHECK(said(w) == "pending: none\n0\n");

  store.offer(plain_snap("hello", "2"));
  source.hooks["configure"] += asking_hook("--hold").substr(sizeof "#!/bin/sh");
  w.fine({"remove", "--purge", "hello"});
  w.fine({"install", "--dangerous", w.make_snap(source).string()});
  CHECK_THAT(said(w), Contains("doesn't let a hook hold a refresh"));
  CHECK(said(w).ends_with("\n1\n"));

  w.fine({"remove", "--purge", "hello"});
  w.fine({"install", "hello", "--revision", "1"});
  CHECK(said(w) == "pending: ready\nchannel: latest/stable\nversion: 2\nrevision: 2\n0\n");
}
