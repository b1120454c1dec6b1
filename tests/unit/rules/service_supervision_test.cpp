#include "runtime/rules/service_supervision.hpp"

#include <catch2/catch.hpp>

#include <csignal>

#include "runtime/limits.hpp"

using namespace troupe;
using namespace std::chrono_literals;
using namespace service_events;

namespace {

/// A service in a test's hands: its clock, what it was told to do last, and what it has done in all.
struct supervised {
  explicit supervised(const app_info& app) : machine{terms_of(app)} {}

  service_supervision machine;
  time_point now{1h};
  service_actions last;
  int spawns = 0;

  void note(service_actions actions) {
    last = std::move(actions);
    for (const auto& action : last)
      spawns += action.deed == service_deed::spawn;
  }
  void start() { note(machine.start(now)); }
  void stop() { note(machine.stop(now)); }
  void hear(const service_event& what) { note(machine.hear(what, now)); }
  void begin() {
    start();
    hear(spawned{});
  }
  bool does(service_deed deed) const {
    return std::ranges::any_of(last, [&](const auto& action) { return action.deed == deed; });
  }
  duration timer() const {
    for (const auto& action : last)
      if (action.deed == service_deed::set_timer)
        return action.after;
    return {};
  }
  /// Lets the time pass that is waited for.
  void wait() {
    now += timer();
    hear(time_is_up{});
  }
  service_phase phase() const { return machine.phase(); }
};

app_info app(const std::string& daemon, const std::string& condition = {}) {
  app_info result;
  result.name = "web";
  result.command = "bin/web";
  result.daemon = daemon;
  result.restart_condition = condition;
  return result;
}

exited with_status(int status, bool leaves_others = false) { return {status, 0, leaves_others}; }
exited by_signal(int signal, bool leaves_others = false) { return {-1, signal, leaves_others}; }

using phase = service_phase;

} // namespace

TEST_CASE("a service is ready when its kind says so") {
  supervised simple{app("simple")};
  simple.start();
  CHECK(simple.does(service_deed::spawn));
  CHECK(simple.phase() == phase::starting);
  simple.hear(spawned{});
  CHECK(simple.phase() == phase::active);

  supervised oneshot{app("oneshot")};
  oneshot.begin();
  CHECK(oneshot.phase() == phase::starting);
  oneshot.hear(with_status(0));
  CHECK(oneshot.phase() == phase::active);

  supervised forking{app("forking")};
  forking.begin();
  forking.hear(with_status(0, true));
  CHECK(forking.phase() == phase::active);

  supervised notify{app("notify")};
  notify.begin();
  CHECK(notify.phase() == phase::starting);
  notify.hear(ready{});
  CHECK(notify.phase() == phase::active);
}

TEST_CASE(
    "a service that was ready was so until it is asked to start again, however soon it has ended") {
  supervised web{app("simple", "never")};
  web.start();
  CHECK_FALSE(web.machine.was_ready());
  web.hear(spawned{});
  web.hear(with_status(1));
  CHECK(web.phase() == phase::failed);
  CHECK(web.machine.was_ready());
  web.start();
  CHECK_FALSE(web.machine.was_ready());
  web.hear(not_spawned{"no such file"});
  CHECK_FALSE(web.machine.was_ready());
}

TEST_CASE("a service that ends before it is ready has failed, however well it ended") {
  for (const auto* daemon : {"forking", "notify"}) {
    supervised service{app(daemon, "never")};
    service.begin();
    service.hear(with_status(0));
    CHECK(service.phase() == phase::failed);
    CHECK_THAT(service.machine.reason(), Catch::Contains("before it was ready"));
  }
  supervised oneshot{app("oneshot", "never")};
  oneshot.begin();
  oneshot.hear(with_status(3));
  CHECK(oneshot.phase() == phase::failed);
  CHECK(oneshot.machine.reason() == "exit status 3");
  supervised missing{app("simple", "never")};
  missing.start();
  missing.hear(not_spawned{"no such file"});
  CHECK(missing.phase() == phase::failed);
  CHECK(missing.machine.reason() == "no such file");
}

TEST_CASE("a service that never gets ready is ended, by force if it has to be") {
  auto info = app("notify", "never");
  info.start_timeout_ms = 500;
  info.stop_timeout_ms = 700;
  supervised service{info};
  service.start();
  CHECK(service.timer() == 500ms);
  service.hear(spawned{});
  service.now += 500ms;
  service.hear(time_is_up{});
  CHECK(service.phase() == phase::stopping);
  CHECK(service.does(service_deed::terminate));
  CHECK(service.timer() == 700ms);
  service.wait();
  CHECK(service.does(service_deed::kill));
  service.hear(by_signal(SIGKILL));
  CHECK(service.phase() == phase::failed);
  CHECK(service.machine.reason() == "it isn't ready after 500ms");
}

TEST_CASE("restart conditions say after which end a service is started again") {
  struct row {
    std::string condition;
    bool success, status, signal, abort, timeout;
  };
  // Source: systemd.service(5), the table at Restart.
  for (const auto& r : std::vector<row>{{"never", false, false, false, false, false},
                                        {"on-success", true, false, false, false, false},
                                        {"on-failure", false, true, true, true, true},
                                        {"", false, true, true, true, true},
                                        {"on-abnormal", false, false, true, true, true},
                                        {"on-abort", false, false, false, true, false},
                                        {"on-watchdog", false, false, false, false, false},
                                        {"always", true, true, true, true, true}}) {
    INFO(r.condition);
    auto restarts = [&](const exited& how) {
      supervised service{app("simple", r.condition)};
      service.begin();
      service.hear(how);
      return service.phase() == phase::waiting;
    };
    CHECK(restarts(with_status(0)) == r.success);
    CHECK(restarts(by_signal(SIGTERM)) == r.success);
    CHECK(restarts(with_status(1)) == r.status);
    CHECK(restarts(by_signal(SIGKILL)) == r.signal);
    CHECK(restarts(by_signal(SIGSEGV)) == r.abort);
    supervised slow{app("notify", r.condition)};
    slow.begin();
    slow.hear(time_is_up{});
    slow.hear(by_signal(SIGTERM));
    CHECK((slow.phase() == phase::waiting) == r.timeout);
  }
}

TEST_CASE(
    "waits before restarts grow, until the service is given up, and a start by hand forgets that") {
  supervised service{app("simple")};
  service.start();
  std::vector<duration> waits;
  while (service.phase() != phase::failed) {
    service.hear(spawned{});
    service.hear(with_status(1));
    if (service.phase() == phase::waiting) {
      waits.push_back(service.timer());
      service.wait();
    }
  }
  CHECK(waits == std::vector<duration>{100ms, 200ms, 400ms, 800ms});
  CHECK(service.spawns == static_cast<int>(limits::service_starts));
  CHECK(service.machine.reason() == "exit status 1; start request repeated too quickly");
  service.begin();
  CHECK(service.phase() == phase::active);
  CHECK(service.machine.restarts() == 0);
  CHECK(service.machine.reason().empty());
}

TEST_CASE(
    "a service that ran long enough is restarted as quickly as ever, others wait at most so long") {
  supervised service{app("simple")};
  service.begin();
  service.hear(with_status(1));
  service.wait();
  service.hear(spawned{});
  service.now += limits::service_restart_forgotten;
  service.hear(with_status(1));
  CHECK(service.timer() == duration{limits::service_restart});

  for (int i = 0; i < 40; ++i) {
    service.wait();
    service.hear(spawned{});
    service.now += 11s;
    service.hear(with_status(1));
  }
  CHECK(service.timer() == duration{limits::service_restart_longest});
  CHECK(service.machine.restarts() == 42);

  auto slow = app("simple");
  slow.restart_delay_ms = 5'000;
  supervised delayed{slow};
  delayed.begin();
  delayed.hear(by_signal(SIGSEGV));
  CHECK(delayed.timer() == 5s);
}

TEST_CASE("a stop runs the stop-command, then terminates, then kills, and says if that is no use") {
  auto info = app("simple", "always");
  info.stop_command = "bin/stop";
  info.post_stop_command = "bin/clean";
  info.stop_timeout_ms = 2'000;
  supervised service{info};
  service.begin();
  service.stop();
  CHECK(service.does(service_deed::run_stop_command));
  service.hear(command_ended{});
  CHECK(service.does(service_deed::terminate));
  CHECK(service.timer() == 2s);
  service.wait();
  CHECK(service.does(service_deed::kill));
  CHECK_FALSE(service.machine.is_stuck());
  service.wait();
  CHECK(service.machine.is_stuck());
  CHECK(service.phase() == phase::stopping);
  service.stop();
  CHECK(service.does(service_deed::kill));
  service.hear(by_signal(SIGKILL, true));
  CHECK(service.phase() == phase::stopping);
  service.hear(vacated{});
  CHECK(service.does(service_deed::run_post_stop_command));
  service.hear(command_ended{});
  CHECK(service.phase() == phase::inactive);
}

TEST_CASE("a service that ends by its stop-command isn't terminated") {
  auto info = app("forking");
  info.stop_command = "bin/stop";
  supervised service{info};
  service.begin();
  service.hear(with_status(0, true));
  service.stop();
  service.hear(vacated{});
  CHECK(service.phase() == phase::stopping);
  service.hear(command_ended{});
  CHECK(service.phase() == phase::inactive);
  CHECK(service.spawns == 1);
}

TEST_CASE("what the first process leaves ends before the service is started again") {
  supervised service{app("simple")};
  service.begin();
  service.hear(with_status(1, true));
  CHECK(service.phase() == phase::stopping);
  CHECK(service.does(service_deed::terminate));
  service.hear(vacated{});
  CHECK(service.phase() == phase::waiting);
}

TEST_CASE("a forking service ends with its last process, a oneshot service with none stays active") {
  supervised forking{app("forking")};
  forking.begin();
  forking.hear(with_status(0, true));
  forking.hear(vacated{});
  CHECK(forking.phase() == phase::ended);
  supervised oneshot{app("oneshot")};
  oneshot.begin();
  oneshot.hear(with_status(0, true));
  oneshot.hear(vacated{});
  CHECK(oneshot.phase() == phase::active);
  oneshot.stop();
  CHECK(oneshot.phase() == phase::inactive);
}

TEST_CASE("a stop is obeyed in every phase, and a start amid it begins anew once all have gone") {
  supervised waiting{app("simple")};
  waiting.begin();
  waiting.hear(with_status(1));
  waiting.stop();
  CHECK(waiting.phase() == phase::inactive);
  waiting.hear(time_is_up{});
  CHECK(waiting.phase() == phase::inactive);

  supervised early{app("simple")};
  early.start();
  early.stop();
  CHECK(early.phase() == phase::stopping);
  CHECK(early.last.empty());
  early.hear(spawned{});
  CHECK(early.does(service_deed::terminate));
  early.start();
  early.hear(by_signal(SIGTERM));
  CHECK(early.does(service_deed::spawn));
  CHECK(early.phase() == phase::starting);
  early.start();
  CHECK(early.last.empty());

  supervised unlucky{app("simple")};
  unlucky.start();
  unlucky.stop();
  unlucky.hear(not_spawned{"no memory"});
  CHECK(unlucky.phase() == phase::inactive);
}

TEST_CASE("times of snap.yaml are bounded") {
  auto info = app("simple");
  info.start_timeout_ms = UINT64_MAX;
  info.stop_timeout_ms = 1ULL << 40U;
  auto terms = terms_of(info);
  CHECK(terms.start_timeout == limits::service_time_most);
  CHECK(terms.stop_timeout == limits::service_time_most);
  CHECK(terms_of(app("simple")).stop_timeout == limits::service_stop);
}

TEST_CASE("services are ordered by before and after, through those that aren't asked for too") {
  snap_info info;
  for (const auto* name : {"a", "b", "c", "d"}) {
    auto& service = info.apps.emplace_back(app("simple"));
    service.name = name;
  }
  info.apps[0].after = {"b"};
  info.apps[2].before = {"b"};
  using names = std::set<std::string>;
  auto all = services_before(info, {"a", "b", "c", "d"});
  CHECK(all["a"] == names{"b", "c"});
  CHECK(all["b"] == names{"c"});
  CHECK(all["c"].empty());
  CHECK(all["d"].empty());
  auto two = services_before(info, {"a", "c"});
  CHECK(two["a"] == names{"c"});
  CHECK(two.size() == 2);
  CHECK(services_before(info, {}).empty());
}

TEST_CASE("a new revision's terms count from the next start on") {
  supervised service{app("simple")};
  service.begin();
  service.machine.change_terms(terms_of(app("oneshot", "never")));
  service.hear(with_status(1));
  CHECK(service.phase() == phase::waiting);
  service.wait();
  service.hear(spawned{});
  CHECK(service.phase() == phase::starting);
  service.hear(with_status(1));
  CHECK(service.phase() == phase::failed);
}
