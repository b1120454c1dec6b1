#include <catch2/catch.hpp>

#include <algorithm>

#include "runtime/api/exchange.hpp"
#include "runtime/api/reply_stream.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "tests/sim/simulated_services.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

using names = std::vector<std::string>;
using running = std::set<std::string>;

app_info service(const std::string& name, const std::string& daemon = "simple",
                 const names& after = {}) {
  app_info app;
  app.name = name;
  app.command = "bin/" + name;
  app.daemon = daemon;
  app.after = after;
  return app;
}

/// A stage with a host that runs services.
struct theatre {
  scratch dir;
  sim::world world;
  std::shared_ptr<sim::simulated_services> host = std::make_shared<sim::simulated_services>(world);
  std::optional<stage> all;

  theatre() { open(); }
  void open() { all.emplace(dir.path() / "journal.db", world, constraint_mode::scoped, host); }

  /// As a daemon that is killed and started again, after which none of its services is left.
  void restart() {
    all.reset();
    open();
    all->run();
  }

  operation_request image(const std::vector<app_info>& apps, const names& hooks = {}) {
    auto wanted = install(world, "hello", hooks);
    auto info = *wanted.snaps[0].info;
    info.apps = apps;
    std::ranges::sort(info.apps, {}, &app_info::name);
    wanted.snaps[0].info = std::make_shared<snap_info>(info);
    return wanted;
  }

  change_view_ptr run(const operation_request& wanted) {
    auto id = all->start(wanted);
    all->run();
    return all->change(id);
  }
  change_view_ptr act(const std::string& verb, const names& apps = {}, bool for_good = false) {
    auto wanted = operate(verb, "hello");
    wanted.snaps[0].services = apps;
    wanted.snaps[0].for_good = for_good;
    return run(wanted);
  }
  snap_state_ptr state() { return all->snaps().at(0); }
  service_list services() {
    return all->ask<service_list>(all->actors().members().services, list_services{});
  }
  service_phase phase(const std::string& app) {
    for (const auto& one : services())
      if (one.app == app)
        return one.phase;
    throw std::runtime_error{"no such service"};
  }

  /// Asks the API as this user; the body grows by what comes later.
  std::shared_ptr<response> api(const std::string& method, const std::string& path,
                                const std::string& body = {},
                                std::map<std::string, std::string> query = {}, uid_t uid = 0) {
    request asked;
    asked.method = method;
    asked.path = path;
    asked.query = std::move(query);
    asked.body = body;
    asked.from.uid = uid;
    auto answer = std::make_shared<response>();
    auto what = std::make_shared<exchange>(
        asked, spooled_files{}, [=](response got) { *answer = std::move(got); },
        std::make_shared<const std::atomic<bool>>(false));
    caf::anon_send(all->actors().gateway(), http_request{std::move(what)});
    all->run();
    return answer;
  }
};

bool is_done(const change_view_ptr& view) {
  INFO(view->record.error);
  CHECK(view->status == task_status::done);
  return view->status == task_status::done;
}

} // namespace

TEST_CASE("an install starts services in their order, and a removal stops them all") {
  theatre t;
  REQUIRE(
      is_done(t.run(t.image({service("a", "simple", {"b"}), service("b", "notify"), service("c")}))));
  CHECK(t.host->running() == running{"hello.a@x1", "hello.b@x1", "hello.c@x1"});
  auto place = [&](const std::string& what) { return std::ranges::find(t.host->history, what); };
  CHECK(place("start hello.b@x1") < place("start hello.a@x1"));
  t.host->history.clear();
  REQUIRE(is_done(t.act("remove")));
  CHECK(t.host->running().empty());
  CHECK(place("terminate hello.a@x1") < place("terminate hello.b@x1"));
  CHECK(t.services().empty());
}

TEST_CASE("a refresh stops services and starts those of the new revision, but those that endure") {
  theatre t;
  auto steady = service("steady");
  steady.refresh_mode = "endure";
  t.run(t.image({service("web"), steady}));
  t.act("stop-services", {"web"});
  CHECK(t.host->running() == running{"hello.steady@x1"});
  t.act("start-services", {"web"});
  REQUIRE(is_done(t.run(t.image({service("web"), steady}))));
  CHECK(t.host->running() == running{"hello.steady@x1", "hello.web@x2"});
  // It is started from the new revision once it ends by itself.
  t.host->exit("hello.steady", 1);
  t.all->run();
  t.all->pass(limits::service_restart);
  CHECK(t.host->running() == running{"hello.steady@x2", "hello.web@x2"});
  REQUIRE(is_done(t.act("revert")));
  CHECK(t.host->running() == running{"hello.steady@x2", "hello.web@x1"});
}

TEST_CASE("a refresh whose service doesn't get ready is undone, and the revision is remembered") {
  theatre t;
  t.run(t.image({service("db"), service("web", "notify", {"db"})}));
  t.host->behaves["hello.web@x2"] = {.output = "no config\n", .exits_at_once = 3};
  auto view = t.run(t.image({service("db"), service("web", "notify", {"db"})}));
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error,
             Contains("cannot start service \"hello.web\": exit status 3; it wrote last:\nno config"));
  CHECK(t.host->running() == running{"hello.db@x1", "hello.web@x1"});
  CHECK(t.state()->current == revision{-1});
  REQUIRE(t.state()->bad.size() == 1);
  CHECK_THAT(t.state()->bad[0].reason, Contains("cannot start service"));
}

TEST_CASE("a refresh that fails later stops what it has started and starts what it has stopped") {
  theatre t;
  t.run(t.image({service("web"), service("off")}));
  t.act("stop-services", {"off"}, true);
  t.world.hook_exit_status["hello/check-health"] = 1;
  auto view = t.run(t.image({service("web"), service("off")}, {"check-health"}));
  CHECK(view->status == task_status::error);
  CHECK(t.host->running() == running{"hello.web@x1"});
  CHECK(t.state()->disabled_services == names{"off"});
}

TEST_CASE("a simple service that ends as soon as it runs has been started all the same") {
  for (const auto* condition : {"never", "on-failure"}) {
    theatre t;
    auto web = service("web");
    web.restart_condition = condition;
    t.host->behaves["hello.web"] = {.exits_at_once = 1};
    CHECK(is_done(t.run(t.image({web}))));
  }
}

TEST_CASE("a failing install leaves no service") {
  theatre t;
  t.host->behaves["hello.b"] = {.start_fault = "no such file"};
  auto view = t.run(t.image({service("a"), service("b", "simple", {"a"})}));
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error,
             Contains("cannot start service \"hello.b\": cannot run") && Contains("no such file"));
  CHECK(t.host->running().empty());
  CHECK(t.all->snaps().empty());
}

TEST_CASE("disabled services aren't started by anything but by name") {
  theatre t;
  t.run(t.image({service("web"), service("off")}));
  REQUIRE(is_done(t.act("stop-services", {"off"}, true)));
  CHECK(t.state()->disabled_services == names{"off"});
  REQUIRE(is_done(t.run(t.image({service("web"), service("off")}))));
  REQUIRE(is_done(t.act("disable")));
  CHECK(t.host->running().empty());
  REQUIRE(is_done(t.act("enable")));
  CHECK(t.host->running() == running{"hello.web@x2"});
  t.restart();
  CHECK(t.host->running() == running{"hello.web@x2"});
  REQUIRE(is_done(t.act("start-services", {"off"})));
  CHECK(t.state()->disabled_services == names{"off"});
  REQUIRE(is_done(t.act("start-services", {"off"}, true)));
  CHECK(t.state()->disabled_services.empty());
  CHECK(t.host->running() == running{"hello.off@x2", "hello.web@x2"});
}

TEST_CASE("a service that fails is restarted after growing waits, and given up in the end") {
  theatre t;
  t.run(t.image({service("web")}));
  for (std::size_t i = 1; i < limits::service_starts; ++i) {
    t.host->exit("hello.web", 1);
    t.all->run();
    CHECK(t.phase("web") == service_phase::waiting);
    t.all->pass(limits::service_restart * (1U << (i - 1)));
    CHECK(t.phase("web") == service_phase::active);
  }
  t.host->exit("hello.web", 1);
  t.all->run();
  CHECK(t.phase("web") == service_phase::failed);
  CHECK_THAT(t.services().at(0).reason, Contains("start request repeated too quickly"));
  REQUIRE(is_done(t.act("start-services")));
  CHECK(t.phase("web") == service_phase::active);
}

TEST_CASE("a service that ignores SIGTERM is killed, and one that can't be killed fails the refresh") {
  theatre t;
  t.host->behaves["hello.web@x1"] = {.ignores_terminate = true};
  t.run(t.image({service("web")}));
  auto id = t.all->start(operate("stop-services", "hello"));
  t.all->run();
  CHECK(t.all->change(id)->status == task_status::doing);
  t.all->pass(limits::service_stop);
  CHECK(is_done(t.all->change(id)));
  CHECK(t.host->running().empty());

  t.host->behaves["hello.web@x1"] = {.ignores_terminate = true, .ignores_kill = true};
  t.act("start-services");
  id = t.all->start(t.image({service("web")}));
  t.all->run();
  t.all->pass(limits::service_stop);
  t.all->pass(limits::process_stop_grace);
  auto view = t.all->change(id);
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error, Contains("cannot stop service \"hello.web\": process 102 doesn't end"));
  CHECK(t.state()->current == revision{-1});
  CHECK(t.state()->active);
}

TEST_CASE("a stop waits for what a forking service has left") {
  theatre t;
  t.host->behaves["hello.web"] = {.exits_at_once = 0, .leaves_others = true, .ignores_terminate = true};
  t.run(t.image({service("web", "forking")}));
  CHECK(t.phase("web") == service_phase::active);
  auto id = t.all->start(operate("disable", "hello"));
  t.all->run();
  CHECK(t.all->change(id)->status == task_status::doing);
  t.host->vacate("hello.web");
  t.all->run();
  CHECK(is_done(t.all->change(id)));
}

TEST_CASE("stop-command, post-stop-command and reload-command are run") {
  theatre t;
  auto web = service("web");
  web.stop_command = "bin/stop";
  web.post_stop_command = "bin/clean";
  web.reload_command = "bin/reload";
  t.run(t.image({web, service("other")}));
  t.host->history.clear();
  REQUIRE(is_done(t.act("reload-services")));
  CHECK(t.world.hooks_run == names{"hello/reload"});
  CHECK(t.host->history == names{"terminate hello.other@x1", "start hello.other@x1"});
  t.act("stop-services", {"web"});
  CHECK(t.world.hooks_run == names{"hello/reload", "hello/stop", "hello/clean"});
  t.act("start-services", {"web"});
  t.world.hook_exit_status["hello/reload"] = 1;
  auto view = t.act("reload-services", {"web"});
  CHECK_THAT(
      view->record.error,
      Contains("cannot reload service \"hello.web\": its reload-command ended with exit status 1"));
  CHECK(t.phase("web") == service_phase::active);
}

TEST_CASE("a restart of a snap restarts what is active, one of a service starts it too") {
  theatre t;
  t.run(t.image({service("a"), service("b")}));
  t.act("stop-services", {"b"});
  REQUIRE(is_done(t.act("restart-services")));
  CHECK(t.host->running() == running{"hello.a@x1"});
  REQUIRE(is_done(t.act("restart-services", {"b"})));
  CHECK(t.host->running() == running{"hello.a@x1", "hello.b@x1"});
}

TEST_CASE("requests about services that make no sense are refused") {
  theatre t;
  app_info plain;
  plain.name = "plain";
  plain.command = "bin/plain";
  t.run(t.image({service("web"), plain}));
  CHECK_THROWS_WITH(t.act("start-services", {"nope"}),
                    Contains("cannot start services of snap \"hello\": it has no application \"nope\""));
  CHECK_THROWS_WITH(t.act("start-services", {"plain"}), Contains("\"plain\" is no service"));
  t.act("disable");
  CHECK_THROWS_WITH(t.act("start-services"), Contains("it is disabled; enable it first"));
  t.act("remove");
  CHECK_THROWS_WITH(t.act("stop-services"), Contains("it is not installed"));
  t.run(t.image({plain}));
  CHECK_THROWS_WITH(t.act("restart-services"), Contains("it has none"));
}

TEST_CASE("an undone command takes back what it did to services, disabled ones too") {
  theatre t;
  t.run(t.image({service("web")}));
  auto second = t.image({service("web")});
  auto info = *second.snaps[0].info;
  info.name = second.snaps[0].snap = "other";
  second.snaps[0].info = std::make_shared<snap_info>(info);
  REQUIRE(is_done(t.run(second)));
  auto both = [&](const std::string& verb) {
    auto wanted = operate(verb, "hello");
    wanted.snaps[0].for_good = true;
    wanted.snaps.push_back(wanted.snaps[0]);
    wanted.snaps[1].snap = "other";
    wanted.transaction = transaction::all_snaps;
    return t.run(wanted);
  };
  REQUIRE(is_done(both("stop-services")));
  t.host->behaves["other.web"] = {.start_fault = "no memory"};
  CHECK(both("start-services")->status == task_status::error);
  CHECK(t.host->running().empty());
  CHECK(t.state()->disabled_services == names{"web"});
}

TEST_CASE("a restart that fails starts the others again, and stops what didn't run before") {
  theatre t;
  t.run(t.image({service("a"), service("b", "simple", {"a"}), service("idle")}));
  REQUIRE(is_done(t.act("stop-services", {"idle"})));
  t.host->behaves["hello.a"].start_fault = "no memory";
  CHECK(t.act("restart-services", {"a", "b", "idle"})->status == task_status::error);
  CHECK(t.host->running() == running{"hello.b@x1"});
}

TEST_CASE("a stop soon after the daemon's start isn't followed by what that had yet to start") {
  theatre t;
  t.run(t.image({service("slow", "notify"), service("web", "simple", {"slow"})}));
  t.host->behaves["hello.slow"].notifies = false;
  t.restart();
  REQUIRE(t.host->running() == running{"hello.slow@x1"});
  REQUIRE(is_done(t.act("stop-services")));
  CHECK(t.host->running().empty());

  // Undone, it puts back what that would have started.
  t.restart();
  REQUIRE(t.host->running() == running{"hello.slow@x1"});
  t.host->behaves["hello.slow"].notifies = true;
  auto wanted = operate("stop-services", "hello");
  wanted.snaps.push_back(wanted.snaps[0]);
  wanted.snaps[1].snap = "other";
  wanted.transaction = transaction::all_snaps;
  auto other = t.image({service("web")});
  other.snaps[0].snap = "other";
  auto info = *other.snaps[0].info;
  info.name = "other";
  other.snaps[0].info = std::make_shared<snap_info>(info);
  REQUIRE(is_done(t.run(other)));
  t.host->behaves["other.web"] = {.ignores_terminate = true, .ignores_kill = true};
  t.run(operate("restart-services", "other"));
  const auto id = t.all->start(wanted);
  t.all->run();
  for (int waits = 0; waits < 4; ++waits)
    t.all->pass(limits::service_stop);
  CHECK(t.all->change(id)->status == task_status::error);
  CHECK(t.host->running().contains("hello.slow@x1"));
  CHECK(t.host->running().contains("hello.web@x1"));
}

TEST_CASE("a restart of the daemon starts services, unless a change has stopped them") {
  theatre t;
  t.run(t.image({service("web")}));
  t.restart();
  CHECK(t.host->running() == running{"hello.web@x1"});

  // The daemon is killed after each message of a refresh in turn, and goes on.
  for (int messages = 1; messages < 400; messages += 7) {
    INFO(messages);
    theatre fresh;
    fresh.run(fresh.image({service("web")}));
    auto linked_under_service = false;
    fresh.world.watcher = nullptr;
    fresh.all->send(start_operation{fresh.image({service("web")})});
    int handled = 0;
    fresh.all->run([&] { return ++handled >= messages; });
    fresh.all.reset();
    fresh.open();
    fresh.all->run([&] {
      auto runs = fresh.host->running();
      auto current = fresh.world.links.find("/root/snap/hello/current");
      linked_under_service =
          linked_under_service || (runs.contains("hello.web@x1") && current == fresh.world.links.end());
      return false;
    });
    CHECK_FALSE(linked_under_service);
    auto state = fresh.state();
    CHECK(fresh.host->running() == running{"hello.web@" + to_string(state->current)});
  }
}

TEST_CASE("a refresh that is undone leaves services on, also where the daemon is killed amid it") {
  auto steady = service("steady");
  steady.refresh_mode = "endure";
  const std::vector<app_info> apps{service("web"), steady, service("off")};
  const std::string failing = GENERATE("pre-refresh", "check-health");
  for (int messages = 1; messages < 500; messages += 3) {
    INFO(messages);
    theatre t;
    t.run(t.image(apps, {failing}));
    t.act("stop-services", {"off"}, true);
    t.world.hook_exit_status["hello/" + failing] = 1;
    const auto id = t.all->start(t.image(apps, {failing}));
    int handled = 0;
    t.all->run([&] { return ++handled >= messages; });
    t.all.reset();
    t.open();
    t.all->run();
    CHECK(t.all->change(id)->status == task_status::error);
    CHECK(t.host->running() == running{"hello.steady@x1", "hello.web@x1"});
  }
}

TEST_CASE("when the daemon stops all services are stopped, and none is started any more") {
  theatre t;
  t.host->behaves["hello.b"] = {.ignores_terminate = true};
  t.run(t.image({service("a"), service("b")}));
  bool gone = false;
  t.all->system().spawn([&](caf::event_based_actor* self) {
    self->request(t.all->actors().members().services, caf::infinite, stop_all_services{})
        .then([&](services_gone) { gone = true; });
  });
  t.all->run();
  CHECK(t.host->running() == running{"hello.b@x1"});
  CHECK_FALSE(gone);
  t.host->exit("hello.b", 0);
  t.all->run();
  CHECK(gone);
  service_command start;
  start.snap = "hello";
  CHECK_THROWS_AS(
      t.all->ask<service_result>(t.all->actors().members().services, command_services{start}), failure);
}

TEST_CASE("a daemon that stops kills what doesn't end within its time") {
  theatre t;
  auto slow = service("b");
  slow.stop_timeout_ms = 3'600'000;
  t.host->behaves["hello.b"] = {.ignores_terminate = true};
  t.run(t.image({slow}));
  bool gone = false;
  t.all->system().spawn([&](caf::event_based_actor* self) {
    self->request(t.all->actors().members().services, caf::infinite, stop_all_services{})
        .then([&](services_gone) { gone = true; });
  });
  t.all->run();
  t.all->pass(limits::services_stop);
  CHECK(t.host->running().empty());
  CHECK(gone);
}

TEST_CASE("the API lists services with what they are, and acts on them") {
  theatre t;
  t.run(t.image({service("web"), service("db")}));
  auto list = [&](std::map<std::string, std::string> query) {
    query["select"] = "service";
    return json::parse_object(t.api("GET", "/v2/apps", {}, query)->body);
  };
  auto all = list({});
  CHECK(all.at("result") ==
        json::parse(R"([{"snap":"hello","name":"db","daemon":"simple","daemon-scope":"system",
                         "enabled":true,"active":true},
                        {"snap":"hello","name":"web","daemon":"simple","daemon-scope":"system",
                         "enabled":true,"active":true}])"));
  auto stopped = t.api("POST", "/v2/apps", R"({"action":"stop","names":["hello.web"],"disable":true})");
  CHECK(stopped->status == 202);
  auto web = list({{"names", "hello.web"}}).at("result").as_array();
  REQUIRE(web.size() == 1);
  CHECK(web[0].at("enabled") == false);
  CHECK(web[0].at("active") == false);
  auto snap = json::parse_object(t.api("GET", "/v2/snaps/hello")->body).at("result").as_object();
  CHECK(snap.at("apps").as_array()[1].at("active") == false);
  CHECK(snap.at("apps").as_array()[0].at("active") == true);

  struct row {
    std::string body;
    int status;
    std::string says;
  };
  for (const auto& [body, status, says] : std::vector<row>{
           {R"({"action":"fly","names":["hello"]})", 400, "unknown action \"fly\""},
           {R"({"action":"start"})", 400, "none is named"},
           {R"({"action":"start","names":["hello"],"disable":true})", 400,
            "disable goes with stop only"},
           {R"({"action":"stop","names":["hello"],"reload":true})", 400, "reload goes with restart"},
           {R"({"action":"start","names":["hello.nope"]})", 404, "no application \"nope\""},
           {R"({"action":"start","names":["A b"]})", 400, "invalid snap name"},
           {R"({"action":"start","names":["gone"]})", 404, "is not installed"},
       }) {
    INFO(body);
    auto answer = t.api("POST", "/v2/apps", body);
    CHECK(answer->status == status);
    CHECK_THAT(std::string{json::parse_object(answer->body).at("result").at("message").as_string()},
               Contains(says));
  }
  CHECK(
      json::parse_object(t.api("POST", "/v2/apps", R"({"action":"start","names":["hello.nope"]})")->body)
          .at("result")
          .at("kind") == "app-not-found");
  CHECK(list({{"names", "hello.nope"}}).at("status-code") == 404);
}

TEST_CASE("logs are given as a sequence of JSON texts, and followed as lines come") {
  theatre t;
  t.run(t.image({service("web"), service("db")}));
  t.host->write("hello.web", "one\n\x1b[2Jtw");
  t.host->write("hello.web", "o\n");
  t.world.now += 1s;
  t.host->write("hello.db", "three\n");
  auto logs = [&](std::map<std::string, std::string> query) {
    return t.api("GET", "/v2/logs", {}, std::move(query));
  };
  auto all = logs({});
  CHECK(all->content_type == "application/json-seq");
  CHECK_THAT(all->body,
             Catch::StartsWith("\x1e{\"timestamp\":\"2023-11-14T22:13:20.000000Z\",\"message\":\"one\","
                               "\"sid\":\"hello.web\",\"pid\":\""));
  CHECK(std::ranges::count(all->body, '\x1e') == 3);
  CHECK(std::ranges::count(logs({{"n", "1"}, {"names", "hello.web"}})->body, '\n') == 1);
  CHECK(std::ranges::count(logs({{"n", "-1"}, {"names", "hello"}})->body, '\n') == 3);
  CHECK(logs({{"n", "0"}})->body.empty());
  CHECK(logs({{"n", "-2"}})->status == 400);
  CHECK(logs({{"n", "x"}})->status == 400);
  CHECK(logs({{"names", "hello.nope"}})->status == 404);
  CHECK(logs({{"names", "gone"}})->status == 404);

  auto followed = logs({{"n", "1"}, {"follow", "true"}, {"names", "hello.web"}});
  CHECK_THAT(followed->body, Contains("two"));
  REQUIRE(followed->more);
  t.host->write("hello.web", "four\n");
  t.host->write("hello.db", "five\n");
  CHECK_THAT(followed->more->take().value(), Contains("four") && !Contains("five"));
  // A client that takes nothing is let go in the end, and others are told all the same.
  auto other = logs({{"n", "0"}, {"follow", "true"}});
  for (int i = 0; i < 1000; ++i)
    t.host->write("hello.web", std::string(4000, 'x') + "\n");
  CHECK(followed->more->is_over());
  CHECK(other->more->is_over());
}

TEST_CASE("without a host that runs services all goes on without them") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto wanted = install(world, "hello");
  auto info = *wanted.snaps[0].info;
  info.apps = {service("web")};
  wanted.snaps[0].info = std::make_shared<snap_info>(info);
  auto id = all.start(wanted);
  all.run();
  CHECK(is_done(all.change(id)));
  id = all.start(operate("remove", "hello"));
  all.run();
  CHECK(is_done(all.change(id)));
}
