#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>

#include "runtime/api/timestamps.hpp"
#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

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
    CHECK(eventually(
        [&] { return !fs::exists(w.in_root("run/snapd/runctl/running/snap.hello.running")); }));
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
