#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/bench/benches.hpp"
#include "tests/support/api.hpp"
#include "tests/support/make_snap.hpp"
#include "tests/support/program.hpp"
#include "tests/support/running_daemon.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono;

constexpr int starts = 200;
constexpr int waiting_refreshes = 20;
constexpr auto settling_time = 5s;
constexpr auto idle_time = 10s;

snap_source with_applications(const std::string& version) {
  snap_source source;
  source.yaml = "name: tiny\nversion: '" + version +
                "'\napps:\n  nothing: {command: bin/nothing}\n  long: {command: bin/long}\n";
  source.files["bin/nothing"] = "#!/bin/sh\n";
  source.files["bin/long"] = "#!/bin/sh\nexec sleep 1000\n";
  return source;
}

/// A daemon in the machine's best way of tracking, or in this one.
class applications {
public:
  explicit applications(const std::vector<std::string>& options = {}) : daemon_{where_.root(), options} {
    install("1", "tiny");
  }

  /// The median cost of a start by the launcher on top of the program's own, in milliseconds.
  double launcher_cost() const {
    std::vector<double> direct;
    std::vector<double> launched;
    for (int i = 0; i < starts; ++i) {
      direct.push_back(time_of(where_.root() / "snap/tiny/current/bin/nothing"));
      launched.push_back(time_of(where_.root() / "snap/bin/tiny.nothing"));
    }
    return median(launched) - median(direct);
  }

  /// How often the daemon's threads wake up in a second, once what was begun has come to rest.
  double wake_ups() const {
    std::this_thread::sleep_for(settling_time);
    auto before = voluntary_switches();
    std::this_thread::sleep_for(idle_time);
    return static_cast<double>(voluntary_switches() - before) / idle_time.count();
  }

  /// Makes refreshes wait for applications.
  void keep_waiting() {
    for (int i = 0; i < waiting_refreshes; ++i) {
      auto name = "tiny_" + std::to_string(i);
      install("1", name);
      running_.push_back(std::make_unique<program>(
          std::vector<std::string>{(where_.root() / "snap/bin" / (name + ".long")).string()}));
      auto marker = where_.root() / "run/snapd/runctl/running" / ("snap." + name + ".running");
      eventually([&] { return fs::exists(marker); });
      changes_.push_back(start_install(api_, image("2"), {{"name", name}, {"running-apps", "wait"}}));
    }
    for (const auto& id : changes_)
      if (!eventually([&] { return is_waiting(id); }))
        throw std::runtime_error{"change " + id + " doesn't wait for applications"};
  }

private:
  fs::path image(const std::string& version) const {
    return make_snap(where_.work(), with_applications(version));
  }

  void install(const std::string& version, const std::string& name) {
    if (text(test::install(api_, image(version), {{"name", name}}), "status") != "Done")
      throw std::runtime_error{"cannot install " + name};
  }

  bool is_waiting(const std::string& id) {
    auto change = get_change(api_, id);
    for (const auto& item : change.at("tasks").as_array())
      if (json::string_or(json::object_or(item.as_object(), "waiting"), "reason") == "apps_running")
        return true;
    return false;
  }

  static double time_of(const fs::path& file) {
    auto begin = steady_clock::now();
    if (auto result = run_program({file.string()}); result.exit_code != 0)
      throw std::runtime_error{file.string() + ": " + result.err};
    return duration<double, std::milli>(steady_clock::now() - begin).count();
  }

  std::uint64_t voluntary_switches() const {
    std::uint64_t sum = 0;
    for (const auto& thread : fs::directory_iterator{"/proc/" + std::to_string(daemon_.pid()) + "/task"})
      sum += number_in(thread.path() / "status", "\nvoluntary_ctxt_switches");
    return sum;
  }

  temporary_root where_;
  running_daemon daemon_;
  http_client api_{daemon_.client()};
  std::vector<std::unique_ptr<program>> running_;
  std::vector<std::string> changes_;
};

void print_row(const std::string& name, const std::string& unit, double value) {
  std::cout << "  " << std::left << std::setw(48) << name << std::right << std::fixed
            << std::setprecision(2) << std::setw(9) << value << " " << unit << "\n";
}

} // namespace

void bench_running_apps() {
  std::cout << "running applications:\n";
  applications best;
  print_row("launcher on top of exec, median of 200", "ms", best.launcher_cost());
  print_row("the same where launchers keep watch", "ms",
            applications{{"--tracking", "subreaper"}}.launcher_cost());
  print_row("wake-ups of the idle daemon", "/ s", best.wake_ups());
  best.keep_waiting();
  print_row("wake-ups while 20 refreshes wait", "/ s", best.wake_ups());
  std::cout << std::endl;
}

} // namespace troupe::test
