#include <catch2/catch.hpp>

#include "tests/support/local_store.hpp"
#include "tests/support/raw_http.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using Catch::Matches;
namespace fs = std::filesystem;

namespace {

/// A snap whose check-health hook runs these lines; a line that fails fails the hook.
snap_source checked_snap(const std::string& lines, const std::string& version = "1.0") {
  auto source = plain_snap("hello", version);
  source.hooks["check-health"] = "#!/bin/sh\nset -e\n" + lines + "\n";
  return source;
}

json::object health_in(world& w) {
  auto snap = result_of(w.api.get("/v2/snaps/hello")).as_object();
  const auto* health = snap.if_contains("health");
  return health ? health->as_object() : json::object{};
}

/// A base with the host's shell and what that is linked with.
snap_source base_with_shell() {
  snap_source base{"name: ground\nversion: 1\ntype: base\n", {}, {}};
  for (const auto* file : {"/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6"})
    base.files[std::string{file}.substr(1)] = read_file(file);
  base.files["bin/sh"] = read_file("/bin/sh");
  return base;
}

} // namespace

TEST_CASE("what check-health says is shown, and okay replaces it") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto first = checked_snap("snapctl set-health blocked 'plug in a printer' --code=no-printer");
  CHECK(text(install(w.api, w.make_snap(first)), "status") == "Done");
  auto health = health_in(w);
  CHECK(text(health, "status") == "blocked");
  CHECK(text(health, "message") == "plug in a printer");
  CHECK(text(health, "code") == "no-printer");
  CHECK(text(health, "revision") == "x1");
  CHECK_THAT(text(health, "timestamp"), Matches("20[0-9-]+T[0-9:.]+Z"));
  auto info = w.troupe({"info", "hello"}).out;
  CHECK_THAT(info, Contains("health:       blocked\n  message:    plug in a printer\n"
                            "  code:       no-printer\n  since:"));
  w.daemon.restart();
  w.api = w.daemon.client();
  CHECK(health_in(w) == health);

  CHECK(text(install(w.api, w.make_snap(checked_snap("snapctl set-health okay", "2.0"))), "status") ==
        "Done");
  CHECK(text(health_in(w), "status") == "okay");
  CHECK(text(health_in(w), "revision") == "x2");
  CHECK_THAT(w.troupe({"info", "hello"}).out, Contains("health:       okay\n"));
}

TEST_CASE("a check-health hook that says error undoes its refresh, and the revision is remembered") {
  TROUPE_NEEDS_ROOT();
  world w;
  local_store store{w};
  store.offer(checked_snap("snapctl set-health waiting 'for the network'"));
  REQUIRE(w.troupe({"install", "hello"}).exit_code == 0);
  auto former = health_in(w);
  store.offer(checked_snap("snapctl set-health error 'the disk is missing' --code=no-disk", "2.0"));
  auto refreshed = w.troupe({"refresh", "hello"});
  CHECK(refreshed.exit_code == 1);
  CHECK_THAT(refreshed.err, Contains("run hook \"check-health\": the disk is missing (no-disk)"));
  CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "1");
  CHECK(health_in(w) == former);
  auto all = w.troupe({"refresh"});
  CHECK_THAT(all.err, Contains("revision 2 has failed here") && Contains("the disk is missing"));
}

TEST_CASE("a hook that sends snapctl nonsense is told so, and nothing is taken over") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  source.hooks["configure"] = "#!/bin/sh\n"
                              "exec 2>$SNAP_COMMON/said\n"
                              "for words in 'set-health fine' 'set-health error' 'fly away' ''; do\n"
                              "  snapctl $words; echo $? >&2\n"
                              "done\n"
                              "snapctl --help >$SNAP_COMMON/help\n"
                              "SNAP_COOKIE=guess snapctl set-health okay; echo $? >&2\n"
                              "SNAP_COOKIE= SNAP_CONTEXT= snapctl set-health okay; echo $? >&2\n";
  CHECK(text(install(w.api, w.make_snap(source)), "status") == "Done");
  auto said = read_file(w.common_data("hello") / "said");
  CHECK_THAT(said, Matches("error: [^\n]+must be okay, waiting, blocked or error[^\n]+\n1\n"
                           "error: [^\n]+there must be a message[^\n]+\n1\n"
                           "error: [^\n]+\"fly\" is not known by this version\n1\n"
                           "error: snapctl cannot run without args\n1\n"
                           "error: [^\n]+not that of a running hook[^\n]+\n1\n"
                           "error: [^\n]+not that of a running hook[^\n]+\n1\n"));
  CHECK_THAT(read_file(w.common_data("hello") / "help"), Contains("set-health"));
  CHECK(health_in(w).empty());
}

TEST_CASE("a process that outlives its hook can't use its cookie") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  // Without the marks by which the daemon would find and end it.
  source.hooks["configure"] =
      "#!/bin/sh\n"
      "cat >$SNAP_COMMON/later <<'END'\n"
      "touch $SNAP_COMMON/started\n"
      "tries=0\n"
      "until [ -e $SNAP_COMMON/go ] || [ $tries = 1200 ]; do sleep 0.1; tries=$((tries + 1)); done\n"
      "snapctl set-health blocked 'said too late' >$SNAP_COMMON/said 2>&1\n"
      "echo $? >$SNAP_COMMON/code.new && mv $SNAP_COMMON/code.new $SNAP_COMMON/code\n"
      "END\n"
      "snapctl set-health okay\n"
      "cd /\n"
      "env -u TROUPE_HOOK_ROOT -u TROUPE_HOOK_TASK setsid sh $SNAP_COMMON/later >/dev/null 2>&1 "
      "</dev/null &\n"
      "until [ -e $SNAP_COMMON/started ]; do sleep 0.1; done\n";
  CHECK(text(install(w.api, w.make_snap(source)), "status") == "Done");
  w.let_hook_go("hello");
  REQUIRE(eventually([&] { return fs::exists(w.common_data("hello") / "code"); }));
  CHECK(read_file(w.common_data("hello") / "code") == "1\n");
  CHECK_THAT(read_file(w.common_data("hello") / "said"), Contains("not that of a running hook"));
  CHECK(text(health_in(w), "status") == "okay");
}

TEST_CASE("a hook finds snapctl in its base's root too, where nothing of the host's libraries is") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(base_with_shell()));
  auto source = checked_snap("snapctl set-health waiting 'for its base' && [ ! -e /usr ]");
  source.yaml += "base: ground\n";
  auto change = install(w.api, w.make_snap(source));
  INFO(text(change, "err"));
  CHECK(text(change, "status") == "Done");
  CHECK(text(result_of(w.api.get("/v2/snaps/hello")).as_object(), "runs-on") == "ground");
  CHECK(text(health_in(w), "message") == "for its base");
}

TEST_CASE("snapctl's endpoint answers on snapctl's socket only, and no other endpoint does there") {
  TROUPE_NEEDS_ROOT();
  world w;
  const std::string body = R"({"context-id":"","args":["help"]})";
  auto snapctl = w.in_root("run/snapd-snap.socket");
  CHECK(status_of(raw_http(snapctl, raw_request("POST", "/v2/snapctl", body))) == 200);
  CHECK(status_of(raw_http(snapctl, raw_request("GET", "/v2/snapctl"))) == 405);
  CHECK(status_of(raw_http(snapctl, raw_request("GET", "/v2/snaps"))) == 403);
  for (const auto& socket : {w.daemon.socket(), w.in_root("run/snapd.socket")})
    CHECK(status_of(raw_http(socket, raw_request("POST", "/v2/snapctl", body))) == 403);
}

TEST_CASE("troupe called snapctl behaves as snapctl, and says where no daemon is") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto link = w.where.work() / "snapctl";
  fs::create_symlink(built("troupe"), link);
  auto call = [&](std::vector<std::string> words, const fs::path& root) {
    words.insert(words.begin(), link.string());
    return run_program(words, {{"TROUPE_ROOT", root.string()}});
  };
  auto help = call({"help", "set-health"}, w.root());
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, Contains("usage: snapctl set-health"));
  auto outside = call({"set-health", "okay"}, w.root());
  CHECK(outside.exit_code == 1);
  CHECK_THAT(outside.err, Contains("snapctl works in hooks only"));
  auto nowhere = call({"help"}, w.where.work());
  CHECK(nowhere.exit_code == 1);
  CHECK_THAT(nowhere.err, Contains("cannot connect to the daemon at"));
  auto too_deep = call({"help"}, w.where.work() / std::string(200, 'd'));
  CHECK(too_deep.exit_code == 1);
  CHECK_THAT(too_deep.err, Contains("cannot connect to the daemon at"));
}
