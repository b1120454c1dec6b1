#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr int instances = 200;

/// A daemon with many instances of a snap, in each of which an application runs.
struct crowded_world : sleeping_world {
  crowded_world() : sleeping_world{""} {
    for (int i = 0; i < instances; ++i) {
      names.push_back("hello_" + std::to_string(i));
      changes.push_back(start_install(api, first, {{"name", names.back()}}));
    }
    await_all();
  }
  ~crowded_world() { end_apps(); }

  void start_apps() {
    for (const auto& name : names) {
      std::filesystem::remove(common_data(name) / "started");
      apps.push_back(std::make_unique<program>(
          std::vector<std::string>{in_root("snap/bin/" + name).string()}, user()));
    }
    for (const auto& name : names)
      REQUIRE(eventually([&] { return std::filesystem::exists(common_data(name) / "started"); }));
  }

  /// Starts a refresh of each and waits until all of them wait for their applications.
  void begin_refreshes(const std::filesystem::path& to) {
    for (const auto& name : names)
      changes.push_back(start_install(api, to, {{"name", name}, {"running-apps", "wait"}}));
    REQUIRE(eventually([&] {
      return std::ranges::all_of(changes, [&](const auto& id) { return waits_for_apps(id); });
    }));
  }

  void end_apps(std::size_t from = 0, std::size_t to = instances) {
    for (auto i = from; i < std::min(to, apps.size()); ++i)
      apps[i]->send_signal(SIGKILL);
  }

  void start_daemon() {
    daemon.start();
    api = daemon.client();
  }

  /// All refreshes are made: none was lost.
  void await_all() {
    for (const auto& id : changes)
      CHECK(text(wait_for_change(api, id), "status") == "Done");
    changes.clear();
    apps.clear();
  }

  std::filesystem::path first = image("1");
  std::filesystem::path second = image("2");
  std::vector<std::string> names;
  std::vector<std::string> changes;
  std::vector<std::unique_ptr<program>> apps;
};

} // namespace

TEST_CASE(
    "200 snaps that become empty at once are all refreshed, also when the daemon is killed amid it") {
  crowded_world w;
  w.start_apps();
  w.begin_refreshes(w.second);
  w.end_apps();
  w.await_all();

  w.start_apps();
  w.begin_refreshes(w.first);
  w.end_apps(0, instances / 2);
  w.daemon.kill_hard();
  w.end_apps(instances / 2);
  w.start_daemon();
  w.await_all();
}
