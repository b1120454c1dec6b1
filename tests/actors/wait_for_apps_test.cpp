#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/limits.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using namespace std::chrono_literals;

namespace {

snap_info_ptr info_of(const operation_request& request, const std::string& pending_behavior = {}) {
  auto info = *request.snaps.front().info;
  info.apps.push_back({});
  info.apps.back().name = "app";
  info.apps.back().command = "bin/app";
  info.refresh_pending_behavior = pending_behavior;
  return std::make_shared<const snap_info>(std::move(info));
}

/// A host with a snap that has an application.
struct waiting_world {
  explicit waiting_world(const std::vector<std::string>& its_hooks = {},
                         const std::string& pending_behavior = {})
      : hooks{its_hooks}, behavior{pending_behavior} {
    all.start(request());
    all.run();
  }

  scratch dir;
  sim::world on;
  std::optional<stage> held{std::in_place, dir.path() / "journal.db", on};
  stage& all = *held;
  std::vector<std::string> hooks;
  std::string behavior;

  /// To install the snap, or to refresh it where it is installed.
  operation_request request() {
    auto wanted = install(on, "hello", hooks);
    wanted.snaps.front().info = info_of(wanted, behavior);
    return wanted;
  }
  change_view_ptr view(change_id id) { return all.change(id); }
  const task_record& task(const change_view_ptr& view, const std::string& kind) {
    return *std::ranges::find(view->record.tasks, kind, &task_record::kind);
  }
  std::string current_or_none() {
    auto link = on.links.find("/root/snap/hello/current");
    return link == on.links.end() ? std::string{} : link->second;
  }
  std::string current() { return on.links.at("/root/snap/hello/current"); }
};

bool is_kept_by(const change_view_ptr& view, std::int32_t pid) {
  return std::ranges::any_of(view->waits, [&](const auto& wait) {
    const auto* apps = std::get_if<waits::apps_running>(&wait.second);
    return apps && apps->processes.size() == 1 && apps->processes.front().pid == pid;
  });
}

} // namespace

TEST_CASE("a refresh waits while an application runs, and goes on when its last process ends") {
  waiting_world w;
  sim::launch(w.on, "hello", 41);
  sim::launch(w.on, "hello", 42);
  auto id = w.all.start(w.request());
  w.all.run();
  CHECK(w.task(w.view(id), "wait-for-apps").status == task_status::doing);
  CHECK(w.task(w.view(id), "mount-snap").status == task_status::done);
  CHECK(w.current() == "x1");

  sim::end_applications(w.on, "hello", 41);
  w.all.run();
  CHECK(is_kept_by(w.view(id), 42));
  CHECK(w.on.inhibited.empty());

  sim::end_applications(w.on, "hello");
  w.all.run();
  CHECK(w.view(id)->status == task_status::done);
  CHECK(w.current() == "x2");
  CHECK(w.on.inhibited.empty());
  CHECK(w.on.followers.empty());
}

TEST_CASE("a refresh that waits for applications holds up no other change") {
  waiting_world w;
  sim::launch(w.on, "hello", 41);
  auto waiting = w.all.start(w.request());
  auto base = w.all.start(install(w.on, "core", {}, {}, snap_type::base));
  auto other = w.all.start(install(w.on, "other", {"configure"}, "core"));
  w.all.run();
  CHECK(w.view(base)->status == task_status::done);
  CHECK(w.view(other)->status == task_status::done);
  CHECK_FALSE(w.view(waiting)->ready);
}

TEST_CASE("between the wait and the new revision's link no application starts") {
  waiting_world w;
  auto seen_inhibited = false;
  w.all.send(start_operation{w.request()});
  w.all.run([&] {
    auto links = w.on.links.contains("/root/snap/hello/current");
    if (!links && !w.on.inhibited.contains("hello"))
      FAIL("the link is gone and launchers don't wait");
    seen_inhibited = seen_inhibited || w.on.inhibited.contains("hello");
    return false;
  });
  CHECK(seen_inhibited);
  CHECK(w.on.inhibited.empty());
}

TEST_CASE("an application that slips in before the mark is waited for too") {
  // Whichever message it comes after, it doesn't run across the change of revisions.
  for (int steps = 1; steps < 200; ++steps) {
    waiting_world w;
    sim::launch(w.on, "hello", 41);
    auto id = w.all.start(w.request());
    w.all.run();
    sim::end_applications(w.on, "hello");
    auto left = steps;
    w.all.run([&] { return --left == 0; });
    auto before = w.current_or_none();
    auto runs = sim::launch(w.on, "hello", 77);
    sim::tell_followers(w.on, "hello");
    w.all.run();
    if (left > 0)
      return;
    INFO("launched after " << steps << " messages");
    if (runs && before == "x1") {
      CHECK(w.current_or_none() == "x1");
      CHECK(is_kept_by(w.view(id), 77));
      sim::end_applications(w.on, "hello");
      w.all.run();
    }
    CHECK(w.view(id)->status == task_status::done);
    CHECK(w.current_or_none() == "x2");
  }
  FAIL("the refresh never ends");
}

TEST_CASE("a snap that blocks starts no application from the beginning of the wait") {
  waiting_world w{{}, "block"};
  sim::launch(w.on, "hello", 41);
  auto id = w.all.start(w.request());
  w.all.run();
  CHECK(w.on.inhibited.contains("hello"));
  CHECK_FALSE(sim::launch(w.on, "hello", 42));
  sim::end_applications(w.on, "hello");
  w.all.run();
  CHECK(w.view(id)->status == task_status::done);
  CHECK(w.on.inhibited.empty());
}

TEST_CASE("an aborted wait leaves the snap as it was") {
  for (const auto* behavior : {"", "block"}) {
    waiting_world w{{}, behavior};
    sim::launch(w.on, "hello", 41);
    auto id = w.all.start(w.request());
    w.all.run();
    w.all.send(abort_change_by_id{id, {}});
    w.all.run();
    CHECK(w.view(id)->status == task_status::undone);
    CHECK(w.current() == "x1");
    CHECK(w.on.inhibited.empty());
    CHECK(w.on.followers.empty());
    CHECK_FALSE(w.on.mounted.contains("/root/snap/hello/x2"));
  }
}

TEST_CASE("a wait is aborted well amid telling the snap of it") {
  for (int steps = 1; steps < 400; ++steps) {
    waiting_world w{{"refresh-pending"}};
    sim::launch(w.on, "hello", 41);
    w.all.send(start_operation{w.request()});
    auto left = steps;
    w.all.run([&] { return --left == 0; });
    if (left > 0)
      return;
    w.all.send(abort_change_by_id{{2}, {}});
    w.all.run();
    INFO("aborted after " << steps << " messages");
    auto view = w.view({2});
    // Too early an abort finds no change, which waits then.
    CHECK((view->ready || is_kept_by(view, 41)));
    if (view->ready) {
      CHECK(w.current() == "x1");
      CHECK(w.on.followers.empty());
    }
    CHECK(w.on.inhibited.empty());
  }
  FAIL("the refresh is never quiet");
}

TEST_CASE("a request that doesn't want to wait fails with what runs") {
  waiting_world w;
  sim::launch(w.on, "hello", 41);
  auto request = w.request();
  request.on_running_apps = running_apps::fail;
  auto id = w.all.start(request);
  w.all.run();
  auto view = w.view(id);
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error, Contains("snap \"hello\" has running apps (app), pids: 41"));
  CHECK(w.current() == "x1");
  CHECK(w.on.inhibited.empty());
}

TEST_CASE("a wait with a time limit fails once that has passed") {
  waiting_world w{{}, "block"};
  sim::launch(w.on, "hello", 41);
  auto request = w.request();
  request.wait_for_apps_at_most = 10min;
  auto id = w.all.start(request);
  w.all.pass(9min);
  CHECK_FALSE(w.view(id)->ready);
  w.all.pass(2min);
  CHECK_THAT(w.view(id)->record.error, Contains("have not ended in time"));
  CHECK(w.on.inhibited.empty());
}

TEST_CASE("a request may ignore running applications") {
  waiting_world w;
  sim::launch(w.on, "hello", 41);
  auto request = w.request();
  request.on_running_apps = running_apps::ignore;
  auto id = w.all.start(request);
  w.all.run();
  CHECK(w.view(id)->status == task_status::done);
  CHECK(w.current() == "x2");
}

TEST_CASE("the operator's limit lets a refresh go on under running applications") {
  waiting_world w;
  w.all.ask<system_settings_ptr>(w.all.actors().members().settings,
                                 assign_settings{R"({"options":{"refresh.max-inhibition":"2h"}})"});
  sim::launch(w.on, "hello", 41);
  auto id = w.all.start(w.request());
  w.all.pass(1h);
  CHECK_FALSE(w.view(id)->ready);
  w.all.pass(2h);
  auto view = w.view(id);
  CHECK(view->status == task_status::done);
  CHECK_THAT(w.task(view, "wait-for-apps").log.back(), Contains("refresh.max-inhibition"));
}

TEST_CASE("a snap is told of its pending refresh once at first and then daily, and people after a day") {
  waiting_world w{{"refresh-pending"}};
  sim::launch(w.on, "hello", 41);
  auto id = w.all.start(w.request());
  w.all.run();
  auto told = [&] { return std::ranges::count(w.on.hooks_run, "hello/refresh-pending"); };
  auto warnings = [&] {
    return w.all.ask<warning_list>(w.all.actors().members().notices, list_warnings{true}).size();
  };
  CHECK(told() == 1);
  CHECK(warnings() == 0);
  w.all.pass(23h);
  CHECK(told() == 1);
  w.all.pass(2h);
  CHECK(told() == 2);
  CHECK(warnings() == 1);
  CHECK_FALSE(w.view(id)->ready);
  sim::end_applications(w.on, "hello");
  w.all.run();
  CHECK(w.view(id)->status == task_status::done);
}

TEST_CASE("a failed refresh waits for those who use its new revision before it goes back") {
  waiting_world w;
  w.hooks = {"post-refresh"};
  w.on.hook_exit_status["hello/post-refresh"] = 1;
  w.on.amid_hook = [&](const host::process_spec&) { sim::launch(w.on, "hello", 90); };
  auto id = w.all.start(w.request());
  w.all.run();
  CHECK(w.current() == "x2");
  CHECK(is_kept_by(w.view(id), 90));
  CHECK_FALSE(sim::launch(w.on, "hello", 91));
  sim::end_applications(w.on, "hello");
  w.all.run();
  CHECK(w.view(id)->status == task_status::error);
  CHECK(w.current() == "x1");
  CHECK(w.on.inhibited.empty());
}

TEST_CASE("a failed refresh goes back though its mark can't be written at first") {
  /// No mark is written while it says so.
  struct failing_marks : sim::effect_watcher {
    void before(std::string_view site, const std::string&) override {
      if (site == "inhibit" && fails)
        throw failure{failure_kind::internal, "cannot write the mark"};
    }
    void after(std::string_view, const std::string&) override {}
    bool fails = true;
  };
  waiting_world w;
  failing_marks marks;
  w.hooks = {"post-refresh"};
  w.on.hook_exit_status["hello/post-refresh"] = 1;
  w.on.amid_hook = [&](const host::process_spec&) { w.on.watcher = &marks; };
  auto id = w.all.start(w.request());
  w.all.run();
  CHECK_FALSE(w.view(id)->ready);
  CHECK(w.current() == "x2");
  marks.fails = false;
  w.all.pass(limits::undo_retry);
  CHECK(w.view(id)->status == task_status::error);
  CHECK(w.current() == "x1");
  CHECK(w.on.followers.empty());
  w.on.watcher = nullptr;
}

TEST_CASE("a daemon that is started again goes on waiting, and tries first of all") {
  waiting_world w;
  sim::launch(w.on, "hello", 41);
  auto id = w.all.start(w.request());
  w.all.run();
  w.held.reset();
  w.on.inhibited.insert("hello"); // as the start of a daemon does
  w.held.emplace(w.dir.path() / "journal.db", w.on);
  w.all.run();
  CHECK(is_kept_by(w.view(id), 41));
  CHECK(w.on.inhibited.empty());
  sim::end_applications(w.on, "hello");
  w.all.run();
  CHECK(w.view(id)->status == task_status::done);
}

TEST_CASE("nothing that a wait has begun takes back the mark that it ends with") {
  /// The last application ends while the wait lets new ones start, which takes its time. The link may go
  /// only while they wait.
  struct slow_allowance : sim::effect_watcher {
    explicit slow_allowance(waiting_world& w) : in{w} {}
    void before(std::string_view site, const std::string& what) override {
      if (site == "allow" && !std::exchange(was_slow, true)) {
        sim::end_applications(in.on, "hello");
        in.all.run([this] { return in.on.inhibited.contains("hello"); });
      }
      if (site == "remove_file" && what == "/root/snap/hello/current") {
        ++switches;
        unguarded += !in.on.inhibited.contains("hello");
      }
    }
    void after(std::string_view, const std::string&) override {}

    waiting_world& in;
    bool was_slow = false;
    int switches = 0;
    int unguarded = 0;
  };
  waiting_world w;
  sim::launch(w.on, "hello", 41);
  slow_allowance slow{w};
  w.on.watcher = &slow;
  const auto id = w.all.start(w.request());
  w.all.run();
  CHECK(slow.was_slow);
  CHECK(slow.switches == 1);
  CHECK(slow.unguarded == 0);
  CHECK(w.view(id)->status == task_status::done);
  w.on.watcher = nullptr;
}
