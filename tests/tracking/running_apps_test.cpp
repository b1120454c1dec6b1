#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>

#include "runtime/api/timestamps.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/host/real_processes.hpp"
#include "tests/support/world.hpp"
#include "tests/tracking/tracked_world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A snap with an application that sleeps, one that is left running, and one that leaves a child behind.
snap_source sleeping_snap(const std::string& version, const std::string& more = {}) {
  snap_source source;
  source.yaml = "name: hello\nversion: '" + version + "'\n" + more +
                "apps:\n"
                "  hello: {command: bin/sleep}\n"
                "  calm: {command: bin/sleep, refresh-mode: ignore-running}\n"
                "  parent: {command: bin/parent}\n"
                "  status: {command: bin/status}\n";
  source.files["bin/sleep"] =
      "#!/bin/sh\necho $SNAP_REVISION >$SNAP_COMMON/started\nexec sleep ${1:-1000}\n";
  source.files["bin/parent"] = "#!/bin/sh\n(setsid sleep 1000 >/dev/null 2>&1 &)\n";
  source.files["bin/status"] = "#!/bin/sh\nexit 7\n";
  return source;
}

/// A daemon that tracks in one way, with a snap that has applications.
struct sleeping_world : world {
  explicit sleeping_world(const std::string& way, const std::string& more = {})
      : world{{"--tracking", way}}, more_{more} {
    fine({"install", "--dangerous", image("1").string()});
  }
  ~sleeping_world() {
    const auto mark = fs::canonical(root()).string() + ":snap.hello";
    host::real_processes{}.kill_marked({{host::group_variable, mark}});
  }

  fs::path image(const std::string& version) const { return make_snap(sleeping_snap(version, more_)); }

  /// Starts an application by its launcher; returns once its own program runs.
  std::unique_ptr<program> launch(const std::string& name = "hello") {
    fs::remove(common_data("hello") / "started");
    auto started = std::make_unique<program>(
        std::vector<std::string>{in_root("snap/bin/" + name).string()}, user());
    CHECK(eventually([&] { return fs::exists(common_data("hello") / "started"); }));
    return started;
  }

  /// Begins a refresh to this version, which goes on without being watched.
  std::string begin_refresh(const std::string& version, std::vector<std::string> options = {}) {
    std::vector<std::string> words{"install", "--dangerous", "--no-wait", image(version).string()};
    words.insert(words.end(), options.begin(), options.end());
    auto id = fine(words).out;
    id.pop_back();
    return id;
  }
  json::object change(const std::string& id) {
    return result_of(api.get("/v2/changes/" + id)).as_object();
  }
  json::object task(const std::string& id, const std::string& kind) {
    auto found = change(id);
    for (const auto& item : found.at("tasks").as_array())
      if (text(item.as_object(), "kind") == kind)
        return item.as_object();
    return {};
  }
  bool waits_for_apps(const std::string& id) {
    auto waiting = json::object_or(task(id, "wait-for-apps"), "waiting");
    return json::string_or(waiting, "reason") == "apps_running";
  }
  bool is_done(const std::string& id) { return text(change(id), "status") == "Done"; }
  std::string current() const { return fs::read_symlink(in_root("snap/hello/current")); }

private:
  std::string more_;
};

/// Runs a test for each way that this machine can do.
template <class Test>
void for_each_way(Test test) {
  for (const auto& way : tracking_ways) {
    {
      tracked_world trial{way};
      if (!trial.trouble().empty()) {
        WARN(way << ": " << trial.trouble());
        continue;
      }
    }
    INFO("by " << way);
    test(way);
  }
}

} // namespace

TEST_CASE("a running application holds its refresh, which goes on when it ends, while others change") {
  for_each_way([](const std::string& way) {
    sleeping_world w{way};
    auto app = w.launch();
    auto id = w.begin_refresh("2");
    REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
    CHECK(w.current() == "x1");
    auto why = w.fine({"why", "hello"}).out;
    CHECK_THAT(why, Contains("has running apps (hello), pids: "));
    CHECK_THAT(why, Contains("(sleep, user root)"));
    w.fine({"install", "--dangerous", w.make_snap(plain_snap("other")).string()});
    CHECK_FALSE(w.is_done(id));

    app->send_signal(SIGTERM);
    app->wait();
    CHECK(eventually([&] { return w.is_done(id); }));
    CHECK(w.current() == "x2");
    CHECK_FALSE(fs::exists(w.in_root("run/snapd/runctl/snap.hello.inhibited")));
    CHECK(eventually([&] { return !fs::exists(w.in_root("run/snapd/runctl/snap.hello.running")); }));
  });
}

TEST_CASE("what an application leaves behind holds its refresh too") {
  for_each_way([](const std::string& way) {
    sleeping_world w{way};
    CHECK(run_program({w.in_root("snap/bin/hello.parent").string()}, w.user()).exit_code == 0);
    auto id = w.begin_refresh("2");
    REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
    auto waiting = json::object_or(w.task(id, "wait-for-apps"), "waiting");
    kill(static_cast<pid_t>(waiting.at("pids").as_array().front().to_number<int>()), SIGKILL);
    CHECK(eventually([&] { return w.is_done(id); }));
  });
}

TEST_CASE("an application that is refreshed while it runs holds nothing") {
  for_each_way([](const std::string& way) {
    sleeping_world w{way};
    auto app = w.launch("hello.calm");
    auto id = w.begin_refresh("2");
    CHECK(eventually([&] { return w.is_done(id); }));
    CHECK_FALSE(app->has_ended());
  });
}

TEST_CASE("a launcher passes on exit codes and signals in every way of tracking") {
  for_each_way([](const std::string& way) {
    sleeping_world w{way};
    CHECK(run_program({w.in_root("snap/bin/hello.status").string()}, w.user()).exit_code == 7);
    auto app = w.launch();
    app->send_signal(SIGTERM);
    CHECK(app->wait().exit_code == -1);
    CHECK(eventually([&] {
      return json::string_or(json::parse_object(w.troupe({"why", "hello", "--json"}).out), "cause") !=
             "apps_running";
    }));
  });
}

TEST_CASE("a daemon that is killed while a refresh waits goes on waiting") {
  for_each_way([](const std::string& way) {
    sleeping_world w{way};
    auto app = w.launch();
    auto id = w.begin_refresh("2");
    REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
    w.daemon.kill_hard();
    w.daemon.start();
    w.api = w.daemon.client();
    REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
    app->send_signal(SIGTERM);
    CHECK(eventually([&] { return w.is_done(id); }));

    // One that ends while there is no daemon is noticed at the next start.
    app = w.launch();
    id = w.begin_refresh("3");
    REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
    w.daemon.kill_hard();
    app->send_signal(SIGTERM);
    app->wait();
    w.daemon.start();
    w.api = w.daemon.client();
    CHECK(eventually([&] { return w.is_done(id); }));
    CHECK(w.current() == "x3");
  });
}

TEST_CASE("while a refresh blocks new applications they wait, and start on the new revision") {
  for_each_way([](const std::string& way) {
    sleeping_world w{way, "refresh-pending-behavior: block\n"};
    auto app = w.launch();
    auto id = w.begin_refresh("2");
    REQUIRE(eventually([&] { return fs::exists(w.in_root("run/snapd/runctl/snap.hello.inhibited")); }));
    fs::remove(w.common_data("hello") / "started");
    program late{{w.in_root("snap/bin/hello").string()}, w.user()};
    app->send_signal(SIGTERM);
    CHECK(eventually([&] { return w.is_done(id); }));
    CHECK(eventually([&] { return fs::exists(w.common_data("hello") / "started"); }));
    CHECK(eventually([&] { return read_file(w.common_data("hello") / "started") == "x2\n"; }));
    late.send_signal(SIGTERM);
  });
}

TEST_CASE("a request of the snap client fails at once with what runs") {
  sleeping_world w{"subreaper"};
  auto app = w.launch();
  auto failed = w.troupe({"install", "--dangerous", "--running-apps", "fail", w.image("2").string()});
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err,
             Contains("cannot refresh snap \"hello\": snap \"hello\" has running apps (hello), pids: "));
  CHECK(w.current() == "x1");
  CHECK_FALSE(fs::exists(w.in_root("snap/hello/x2")));
  w.fine({"install", "--dangerous", "--ignore-running", w.image("2").string()});
  CHECK(w.current() == "x2");
  CHECK_FALSE(app->has_ended());
}

TEST_CASE("from the exit of an application to the end of the wait it takes a moment") {
  constexpr int runs = 50;
  for_each_way([](const std::string& way) {
    sleeping_world w{way};
    std::vector<double> milliseconds;
    for (int i = 0; i < runs; ++i) {
      auto app = w.launch();
      auto id = w.begin_refresh(std::to_string(i + 2));
      REQUIRE(eventually([&] { return w.waits_for_apps(id); }));
      auto exit = std::chrono::system_clock::now();
      app->send_signal(SIGKILL);
      REQUIRE(eventually([&] { return w.is_done(id); }));
      auto ended = from_rfc3339(text(w.task(id, "wait-for-apps"), "ready-time"));

      milliseconds.push_back(std::chrono::duration<double, std::milli>(ended - exit).count());
    }
    std::ranges::sort(milliseconds);
    std::cout << "exit to the end of wait-for-apps by " << way << ", " << runs << " runs: p50 "
              << milliseconds[runs / 2] << " ms, p95 " << milliseconds[runs * 95 / 100] << " ms, max "
              << milliseconds.back() << " ms\n";
  });
}
