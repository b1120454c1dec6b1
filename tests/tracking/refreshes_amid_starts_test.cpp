#include <catch2/catch.hpp>

#include <atomic>
#include <iostream>
#include <mutex>
#include <thread>

#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;
namespace fs = std::filesystem;

namespace {

/// Starts an application again and again, from several threads, and keeps what went wrong.
class tight_loop {
public:
  tight_loop(std::vector<std::string> words, environment user) {
    for (int i = 0; i < loops; ++i)
      threads_.emplace_back([this, words, user](const std::stop_token& stop) {
        while (!stop.stop_requested())
          start(words, user);
      });
  }
  ~tight_loop() { end(); }

  int starts() const { return starts_; }

  /// Ends the loops; what was printed by applications that failed.
  std::string end() {
    threads_.clear();
    return failures_;
  }

private:
  static constexpr int loops = 2;

  void start(const std::vector<std::string>& words, const environment& user) {
    auto result = run_program(words, user);
    ++starts_;
    if (result.exit_code == 0 && result.err.empty())
      return;
    const std::lock_guard guard{mutex_};
    failures_ += std::to_string(result.exit_code) + " " + result.err + '\n';
  }

  std::atomic<int> starts_ = 0;
  std::mutex mutex_;
  std::string failures_;
  std::vector<std::jthread> threads_;
};

} // namespace

TEST_CASE("no application runs across a switch of revisions, and none fails to start for it") {
  // In all 500 where the machine can track in each way.
  static constexpr int refreshes = 100;
  for_each_way([](const std::string& way) {
    sleeping_world w{way, "refresh-pending-behavior: block\n"};
    const fs::path images[]{w.image("2"), w.image("3")};
    tight_loop apps{{w.in_root("snap/bin/hello.brief").string()}, w.user()};
    for (int i = 0; i < refreshes; ++i) {
      auto change = install(w.api, images[i % 2], {{"running-apps", "wait"}});
      REQUIRE(text(change, "status") == "Done");
    }
    const auto starts = apps.starts();
    CHECK(apps.end() == "");
    CHECK(!fs::exists(w.common_data("hello") / "across"));
    std::cout << "refreshes by " << way << ": " << refreshes << " amid " << starts << " starts\n";
    CHECK(starts > refreshes);
  });
}
