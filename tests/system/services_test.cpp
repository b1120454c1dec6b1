#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

#include "tests/support/local_store.hpp"
#include "tests/support/raw_http.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using Catch::Matches;
namespace fs = std::filesystem;

namespace {

/// A snap with one service "web" that runs these lines, and perhaps more in its part of snap.yaml.
snap_source service_snap(const std::string& lines, const std::string& more = "",
                         const std::string& version = "1.0") {
  return {"name: hello\nversion: " + version +
              "\napps:\n  web:\n    command: bin/web\n    daemon: simple\n" + more,
          {{"bin/web", "#!/bin/sh\n" + lines + "\n"}},
          {}};
}

const std::string goes_on = "echo started $SNAP_REVISION\nwhile :; do sleep 60; done";

/// The processes of this root's service.
std::vector<int> processes_of(const world& w, const std::string& service = "hello.web") {
  auto of_root = processes_with("TROUPE_SERVICE_ROOT", w.root().string());
  auto of_service = processes_with("TROUPE_SERVICE", service);
  std::vector<int> both;
  for (auto process : of_root)
    if (std::ranges::find(of_service, process) != of_service.end())
      both.push_back(process);
  return both;
}

json::object service_in(world& w, const std::string& name = "hello.web") {
  auto all = result_of(w.api.get("/v2/apps?select=service&names=" + name)).as_array();
  return all.at(0).as_object();
}

bool is_active(world& w, const std::string& name = "hello.web") {
  return service_in(w, name).at("active").as_bool();
}

bool log_holds(const world& w, const std::string& text) {
  return eventually([&] {
    return w.troupe({"logs", "-n", "all", "hello"}).out.find(text) != std::string::npos;
  });
}

} // namespace

TEST_CASE("services run with their snap, are shown, and go with it") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto change = install(w.api, w.make_snap(service_snap(
                                   "pwd; echo $SNAP_NAME $GREETING; read x || echo nothing\n" + goes_on,
                                   "    environment: {GREETING: hi}\n")));
  INFO(text(change, "err"));
  REQUIRE(text(change, "status") == "Done");
  CHECK(is_active(w));
  CHECK_THAT(w.fine({"services"}).out,
             Contains("Service") && Contains("hello.web  enabled  active   simple"));
  CHECK_THAT(w.fine({"info", "hello"}).out, Contains("hello.web: simple, enabled, active"));
  REQUIRE(log_holds(w, "started x1"));
  auto log = w.fine({"logs", "hello.web"}).out;
  CHECK_THAT(log, Contains("]: " + w.in_root("var/snap/hello/x1").string() + "\n") &&
                      Contains("]: hello hi\n") && Contains("]: nothing\n"));
  CHECK_THAT(log, Matches("(20[0-9-]+T[0-9:.]+Z hello\\.web\\[[0-9]+\\]: .*\n)+"));
  CHECK_THAT(read_file(w.in_root("var/log/troupe/services/hello.web.log")),
             Matches("(20[0-9-]+T[0-9:.]+Z [0-9]+ .*\n)+"));
  CHECK_FALSE(processes_of(w).empty());

  w.fine({"remove", "--purge", "hello"});
  CHECK(processes_of(w).empty());
  CHECK(lasting_leftovers(w.root()).empty());
}

TEST_CASE("a refresh stops services before the new revision and starts them after, disabled ones not") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = [&](const std::string& version) {
    auto result =
        service_snap("echo up >>$SNAP_COMMON/log; trap 'echo down >>$SNAP_COMMON/log; exit' TERM\n"
                     "while :; do sleep 0.05; done",
                     "  off:\n    command: bin/web\n    daemon: simple\n", version);
    result.hooks["pre-refresh"] = "#!/bin/sh\necho pre >>$SNAP_COMMON/log\n";
    result.hooks["post-refresh"] = "#!/bin/sh\necho post >>$SNAP_COMMON/log\n";
    result.hooks["check-health"] =
        "#!/bin/sh\nwhile [ $(wc -l <$SNAP_COMMON/log) -lt 4 ]; do sleep 0.05; done\n";
    return result;
  };
  auto first = source("1.0");
  first.hooks.clear();
  install(w.api, w.make_snap(first));
  auto log = w.common_data("hello") / "log";
  REQUIRE(eventually([&] { return fs::exists(log) && read_file(log) == "up\nup\n"; }));
  w.fine({"stop", "--disable", "hello.off"});
  write_file(w.common_data("hello") / "log", "up\n");
  auto change = install(w.api, w.make_snap(source("2.0")));
  INFO(text(change, "err"));
  CHECK(text(change, "status") == "Done");
  CHECK(read_file(w.common_data("hello") / "log") == "up\ndown\npost\nup\n");
  CHECK(is_active(w));
  CHECK_FALSE(is_active(w, "hello.off"));
  CHECK(service_in(w, "hello.off").at("enabled") == false);
  w.daemon.restart();
  w.api = w.daemon.client();
  CHECK(eventually([&] { return is_active(w); }));
  CHECK_FALSE(is_active(w, "hello.off"));
}

TEST_CASE("a service that doesn't start rolls its refresh back, and the revision is remembered") {
  TROUPE_NEEDS_ROOT();
  world w;
  local_store store{w};
  store.offer(service_snap(goes_on));
  REQUIRE(w.troupe({"install", "hello"}).exit_code == 0);
  auto broken = service_snap("echo the port is taken >&2; exit 3", "", "2.0");
  broken.yaml.replace(broken.yaml.find("simple"), 6, "notify");
  store.offer(broken);
  auto refreshed = w.troupe({"refresh", "hello"});
  CHECK(refreshed.exit_code == 1);
  CHECK_THAT(refreshed.err, Contains("cannot start service \"hello.web\": exit status 3") &&
                                Contains("the port is taken"));
  CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "1");
  CHECK(is_active(w));
  CHECK_THAT(w.troupe({"refresh"}).err,
             Contains("revision 2 has failed here") && Contains("the port is taken"));
}

TEST_CASE("a service that dies is started again, and one that always does is given up") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(service_snap("echo run >>$SNAP_COMMON/runs\n"
                                          "[ -e $SNAP_COMMON/die ] && exit 1\n" +
                                          goes_on)));
  REQUIRE(eventually([&] { return !processes_of(w).empty(); }));
  auto runs = w.common_data("hello") / "runs";
  REQUIRE(eventually([&] { return fs::exists(runs) && read_file(runs) == "run\n"; }));
  for (auto process : processes_of(w))
    ::kill(process, SIGKILL);
  CHECK(eventually([&] { return read_file(runs) == "run\nrun\n"; }));
  write_file(w.common_data("hello") / "die", "");
  for (auto process : processes_of(w))
    ::kill(process, SIGKILL);
  CHECK(eventually([&] { return read_file(runs) == "run\nrun\nrun\nrun\nrun\n" && !is_active(w); }));
  fs::remove(w.common_data("hello") / "die");
  w.fine({"start", "hello"});
  CHECK(is_active(w));
}

TEST_CASE("start, stop and restart do what they say, with the services' own commands") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = service_snap("echo $$ >$SNAP_COMMON/pid; trap 'echo reloaded' HUP\n"
                             "while :; do sleep 0.05; done",
                             "    stop-command: bin/stop now\n    reload-command: bin/reload\n"
                             "    post-stop-command: bin/clean\n");
  source.files["bin/stop"] = "#!/bin/sh\necho stopping $1; kill -9 $(cat $SNAP_COMMON/pid)\n";
  source.files["bin/reload"] = "#!/bin/sh\nkill -HUP $(cat $SNAP_COMMON/pid)\n";
  source.files["bin/clean"] = "#!/bin/sh\necho cleaning up\n";
  install(w.api, w.make_snap(source));
  auto pid_file = w.common_data("hello") / "pid";
  REQUIRE(eventually([&] { return fs::exists(pid_file) && !read_file(pid_file).empty(); }));
  auto first = read_file(pid_file);
  CHECK_THAT(w.fine({"restart", "--reload", "hello.web"}).out, Contains("Restarted hello.web."));
  CHECK(log_holds(w, "reloaded"));
  CHECK(read_file(pid_file) == first);
  CHECK_THAT(w.fine({"stop", "hello"}).out, Contains("Stopped hello."));
  CHECK(processes_of(w).empty());
  CHECK(log_holds(w, "stopping now"));
  CHECK(log_holds(w, "cleaning up"));
  w.fine({"restart", "hello.web"});
  CHECK(eventually([&] { return read_file(pid_file) != first; }));
  CHECK(is_active(w));

  for (const auto& [words, code, says] :
       std::vector<std::tuple<std::vector<std::string>, int, std::string>>{
           {{"start", "hello.nope"}, 1, "it has no application \"nope\""},
           {{"stop", "gone"}, 1, "it is not installed"},
           {{"start"}, 64, "NAME is required"},
           {{"logs", "-n", "many", "hello"}, 64, "-n takes a number of lines"},
           {{"logs", "gone"}, 1, "not installed"},
           {{"services", "hello.nope"}, 1, "no application"}}) {
    auto result = w.troupe(words);
    CHECK(result.exit_code == code);
    CHECK_THAT(result.err, Contains(says));
  }
  auto shown = json::parse(w.fine({"--json", "services"}).out).as_array();
  CHECK(shown.at(0).at("name") == "web");
  CHECK(json::parse(w.fine({"--json", "logs", "hello"}).out).is_array());
}

TEST_CASE("a service that double-forks, makes sessions and ignores SIGTERM leaves nothing") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = service_snap("trap '' TERM\n(trap '' TERM; exec sleep 600) &\n"
                             "exit 0",
                             "    stop-timeout: 300ms\n");
  source.yaml.replace(source.yaml.find("simple"), 6, "forking");
  REQUIRE(text(install(w.api, w.make_snap(source)), "status") == "Done");
  CHECK(is_active(w));
  w.fine({"remove", "--purge", "hello"});
  CHECK(lasting_leftovers(w.root()).empty());
}

TEST_CASE("logs -f shows lines as they come, and ends with the daemon") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(service_snap(
                     "i=0\nwhile :; do\n"
                     "  [ -e $SNAP_COMMON/$i ] && echo line $i && i=$((i + 1))\n  sleep 0.05\ndone")));
  program follower{w.troupe_words({"logs", "-n", "all", "-f", "hello"}), w.user()};
  // One that hangs up at once is no trouble to others.
  raw_http(w.daemon.socket(), "GET /v2/logs?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n", false);
  for (const auto* name : {"0", "1", "2"})
    write_file(w.common_data("hello") / name, "");
  CHECK(log_holds(w, "line 2"));
  w.daemon.stop();
  auto result = follower.wait();
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.out, Contains("]: line 2\n"));
  w.daemon.start();
}

TEST_CASE("services end with their daemon, are ended after a killed one, and start with the next") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(service_snap("echo run >>$SNAP_COMMON/runs\n" + goes_on)));
  auto runs = w.common_data("hello") / "runs";
  auto has_run = [&](std::size_t times) {
    return eventually([&] {
      std::string all;
      for (std::size_t i = 0; i < times; ++i)
        all += "run\n";
      return fs::exists(runs) && read_file(runs) == all;
    });
  };
  REQUIRE(has_run(1));
  CHECK(w.daemon.stop() == 0);
  CHECK(processes_of(w).empty());
  w.daemon.start();
  w.api = w.daemon.client();
  REQUIRE(has_run(2));
  auto former = processes_of(w);
  REQUIRE_FALSE(former.empty());
  w.daemon.kill_hard();
  CHECK_FALSE(processes_of(w).empty());
  w.daemon.start();
  w.api = w.daemon.client();
  REQUIRE(has_run(3));
  auto present = processes_of(w);
  for (auto process : former)
    CHECK(std::ranges::find(present, process) == present.end());
  CHECK(eventually([&] { return is_active(w); }));
}

TEST_CASE("other users may look at services, but neither read their logs nor touch them") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(service_snap(goes_on)));
  for (const auto& entry : {w.where.work(), w.root(), w.in_root("run")})
    fs::permissions(entry, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
  auto as_nobody = [&](std::vector<std::string> words) {
    auto all = w.troupe_words(std::move(words));
    all.insert(all.begin(), {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    return run_program(all, w.user());
  };
  CHECK_THAT(as_nobody({"services"}).out, Contains("hello.web"));
  CHECK_THAT(as_nobody({"logs", "hello"}).err, Contains("access denied"));
  CHECK_THAT(as_nobody({"stop", "hello"}).err, Contains("access denied"));
  CHECK(is_active(w));
}
