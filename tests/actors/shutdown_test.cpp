#include <catch2/catch.hpp>

#include <optional>
#include <set>

#include "runtime/tasks/startup.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
namespace fs = std::filesystem;

namespace {

/// A refresh of a snap that has an application; its post-refresh hook fails where it is to be undone.
struct refreshed_world {
  explicit refreshed_world(bool is_undone) {
    on.hook_exit_status["hello/post-refresh"] = is_undone ? 1 : 0;
    held->start(request());
    held->run();
  }

  scratch dir;
  sim::world on;
  std::optional<stage> held{std::in_place, journal(), on};

  fs::path journal() const { return dir.path() / "journal.db"; }
  operation_request request() {
    auto wanted = install(on, "hello", {"post-refresh"});
    auto info = *wanted.snaps.front().info;
    auto& app = info.apps.emplace_back();
    app.name = "app";
    app.command = "bin/app";
    wanted.snaps.front().info = std::make_shared<const snap_info>(std::move(info));
    return wanted;
  }

  bool is_linked() const { return on.links.contains("/root/snap/hello/current"); }
  bool is_delayed() const { return on.delaying_shutdown.contains("hello"); }

  /// The lock is there wherever the link isn't, and only where applications wait.
  void check() const {
    if (!is_linked() && !is_delayed())
      FAIL("the link is gone and shutdown doesn't wait");
    if (is_delayed() && !on.inhibited.contains("hello"))
      FAIL("shutdown waits though applications may start");
  }

  /// Runs on, checking after each message, until there is none or after so many; returns how many.
  int run(int most = -1) {
    int messages = 0;
    held->run([&] {
      check();
      return ++messages == most;
    });
    return messages;
  }

  /// Stops the daemon where it is and starts it again as trouped does.
  void restart() {
    held.reset();
    on.followers.clear();
    on.delaying_shutdown.clear();
    journal_database database{journal(), 0};
    put_host_right(sim::ports_of(on), layout{"/root"}, database.load());
    check();
  }
};

/// After how many messages of a refresh shutdown waits, and a few before and after that.
std::set<int> around_switch(bool is_undone) {
  constexpr int margin = 5;
  std::set<int> result;
  refreshed_world w{is_undone};
  w.held->send(start_operation{w.request()});
  for (int messages = 1; w.run(1) == 1; ++messages)
    if (w.is_delayed())
      for (int near = messages - margin; near <= messages + margin; ++near)
        result.insert(near);
  REQUIRE_FALSE(result.empty());
  return result;
}

} // namespace

TEST_CASE("shutdown waits while a refresh, or its undo, has no revision linked, and then no longer") {
  for (auto is_undone : {false, true}) {
    refreshed_world w{is_undone};
    auto seen = false;
    w.held->send(start_operation{w.request()});
    w.held->run([&] {
      w.check();
      seen = seen || w.is_delayed();
      return false;
    });
    CHECK(seen);
    CHECK(w.on.delaying_shutdown.empty());
    CHECK(w.is_linked());
  }
}

TEST_CASE("shutdown doesn't wait while a refresh, or its undo, waits for applications") {
  refreshed_world w{true};
  sim::launch(w.on, "hello", 41);
  auto id = w.held->start(w.request());
  w.run();
  CHECK_FALSE(w.is_delayed());
  w.on.amid_hook = [&](const host::process_spec&) { sim::launch(w.on, "hello", 42); };
  sim::end_applications(w.on, "hello");
  w.run();
  // It is undone now, and waits for who has begun to use the new revision.
  CHECK_FALSE(w.held->change(id)->ready);
  CHECK_FALSE(w.is_delayed());
  w.restart();
  CHECK(w.on.inhibited.contains("hello"));
  CHECK_FALSE(w.is_delayed());
  w.held.emplace(w.journal(), w.on);
  w.run();
  sim::end_applications(w.on, "hello");
  w.run();
  CHECK(w.held->change(id)->ready);
  CHECK(w.on.delaying_shutdown.empty());
}

TEST_CASE("an abort amid the switch lets shutdown go on once the former revision is linked again") {
  for (auto steps : around_switch(false)) {
    refreshed_world w{false};
    w.held->send(start_operation{w.request()});
    w.run(steps);
    w.held->send(abort_change_by_id{{2}, {}});
    w.run();
    INFO("aborted after " << steps << " messages");
    CHECK(w.on.delaying_shutdown.empty());
    CHECK(w.is_linked());
  }
}

TEST_CASE("a daemon that starts amid a switch has shutdown wait again until that has ended") {
  for (auto is_undone : {false, true}) {
    auto delayed_at_start = 0;
    for (auto steps : around_switch(is_undone)) {
      refreshed_world w{is_undone};
      w.held->send(start_operation{w.request()});
      w.run(steps);
      w.restart();
      delayed_at_start += w.is_delayed() ? 1 : 0;
      w.held.emplace(w.journal(), w.on);
      w.run();
      INFO("stopped after " << steps << " messages");
      CHECK(w.on.delaying_shutdown.empty());
      CHECK(w.is_linked());
    }
    CHECK(delayed_at_start > 0);
  }
}
