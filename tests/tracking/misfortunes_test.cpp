#include <catch2/catch.hpp>

#include <fstream>
#include <random>
#include <thread>

#include "runtime/host/run_control_files.hpp"
#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

pid_t only_child_of(pid_t process) {
  const auto number = std::to_string(process);
  return std::stoi(read_file("/proc/" + number + "/task/" + number + "/children"));
}

struct unlucky_world : sleeping_world {
  using sleeping_world::sleeping_world;

  /// The first process that the refresh waits for.
  pid_t application_of(const std::string& id) {
    auto waiting = json::object_or(task(id, "wait-for-apps"), "waiting");
    return waiting.at("pids").as_array().front().to_number<pid_t>();
  }

  bool goes_on(const std::string& id) {
    return eventually([&] { return is_done(id); });
  }
};

} // namespace

TEST_CASE("a killed application that can't end as it is frozen holds its refresh until it has ended") {
  for (const auto* way : {"freezer-agent", "freezer-agent-poll", "freezer-procs"}) {
    if (!can_track(way))
      continue;
    INFO("by " << way);
    unlucky_world w{way};
    auto app = w.launch();
    const auto state =
        host::read_tracking(w.directory()).groups / host::group_of("hello") / "freezer.state";
    write_file(state, "FROZEN");
    app->send_signal(SIGKILL);
    auto id = w.waiting_refresh();
    CHECK_THAT(w.fine({"why", "hello"}).out, Contains(std::to_string(app->pid())));
    CHECK(w.current() == "x1");
    write_file(state, "THAWED");
    CHECK(w.goes_on(id));
  }
}

TEST_CASE("a daemon that misses what inotify would have told loses no vacancy") {
  // As many as the kernel queues unless told otherwise, and some more.
  constexpr int events = 17'000;
  for_each_way([](const std::string& way) {
    unlucky_world w{way};
    auto app = w.launch();
    auto id = w.waiting_refresh();
    kill(w.daemon.pid(), SIGSTOP);
    for (int i = 0; i < events; ++i)
      std::ofstream{host::running_file(w.directory(), i % 2 ? "odd" : "even")};
    app->send_signal(SIGKILL);
    app->wait();
    kill(w.daemon.pid(), SIGCONT);
    CHECK(w.goes_on(id));
  });
}

TEST_CASE(
    "a release agent that is slow, is called too often or has gone neither frees nor holds a refresh") {
  if (!can_track("freezer-agent"))
    return;
  unlucky_world w{"freezer-agent"};
  const auto agent = w.in_root("var/lib/snapd/tools/release-agent");
  auto app = w.launch();
  auto id = w.waiting_refresh();
  for (int i = 0; i < 2; ++i)
    CHECK(run_program({agent.string(), "/troupe/snap.hello"}).exit_code == 0);
  CHECK_FALSE(fs::exists(w.marker()));
  // Its next look comes with this change's end at the latest.
  w.fine({"install", "--dangerous", w.make_snap(plain_snap("other")).string()});
  CHECK(w.waits_for_apps(id));
  CHECK(w.current() == "x1");

  fs::rename(agent, agent.string() + ".real");
  write_file(agent, "#!/bin/sh\nsleep 0.3\nexec \"$0.real\" \"$@\"\n");
  fs::permissions(agent, fs::perms::owner_all);
  app->send_signal(SIGKILL);
  CHECK(w.goes_on(id));

  app = w.launch();
  id = w.waiting_refresh("3");
  fs::remove(agent);
  app->send_signal(SIGKILL);
  CHECK(w.goes_on(id));
}

TEST_CASE("launchers that are killed at any moment leave nothing that holds a refresh") {
  constexpr int launchers = 40;
  constexpr auto longest_life = 10'000;
  for_each_way([](const std::string& way) {
    unlucky_world w{way, "refresh-pending-behavior: block\n"};
    std::mt19937 random{42};
    for (int i = 0; i < launchers; ++i) {
      program launcher{{w.in_root("snap/bin/hello").string()}, w.user()};
      std::this_thread::sleep_for(std::chrono::microseconds{random() % longest_life});
      launcher.send_signal(SIGKILL);
    }
    CHECK(w.goes_on(w.begin_refresh("2")));
    CHECK(eventually([&] { return !fs::exists(w.marker()); }));
  });
}

TEST_CASE(
    "what a killed keeper of watch leaves behind is waited for, whether anybody looked before or not") {
  TROUPE_NEEDS_ROOT();
  // In the freezer hierarchy any user's launcher may enter the group.
  for (const auto* way : {"cgroup2", "subreaper"})
    for (const bool waits_before : {true, false}) {
      if (!can_track(way))
        continue;
      INFO("by " << way << ", " << (waits_before ? "amid a wait" : "before it"));
      unlucky_world w{way};
      w.open_to_all();
      auto app = w.launch_as_nobody();
      // The launcher's child keeps watch, and is the application's parent.
      const auto keeper = only_child_of(app->pid());
      const auto pid = only_child_of(keeper);
      auto id = waits_before ? w.waiting_refresh() : std::string{};
      if (waits_before)
        CHECK(w.application_of(id) == pid);
      kill(keeper, SIGKILL);
      app->wait();
      if (!waits_before)
        id = w.waiting_refresh();
      w.fine({"install", "--dangerous", w.make_snap(plain_snap("other")).string()});
      CHECK(w.current() == "x1");
      kill(pid, SIGKILL);
      CHECK(w.goes_on(id));
      CHECK(w.current() == "x2");
      CHECK(eventually([&] { return !fs::exists(w.marker()); }));
    }
}

TEST_CASE("applications of any user are waited for, and are shown with their user") {
  TROUPE_NEEDS_ROOT();
  for_each_way([](const std::string& way) {
    unlucky_world w{way};
    w.open_to_all();
    auto app = w.launch_as_nobody();
    auto id = w.waiting_refresh();
    CHECK_THAT(w.fine({"why", "hello"}).out, Contains("(sleep, user nobody)"));
    app->send_signal(SIGTERM);
    CHECK(w.goes_on(id));
  });
}
