#include <catch2/catch.hpp>

#include "runtime/host/run_control_files.hpp"
#include "tests/tracking/sleeping_world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

struct hidden_world : sleeping_world {
  explicit hidden_world(const std::string& way, const std::string& more = {})
      : sleeping_world{way, more} {
    open_to_all();
  }

  /// The refresh waits for this application, and goes on when that ends.
  void check_holds(program& app, const std::string& version) {
    const auto before = current();
    const auto id = waiting_refresh(version);
    CHECK_THAT(fine({"why", "hello"}).out, Contains("user"));
    CHECK(current() == before);
    app.send_signal(SIGTERM);
    CHECK(eventually([&] { return is_done(id); }));
    CHECK(current() != before);
  }
};

} // namespace

TEST_CASE("processes that hide their environment hold a refresh like others, whoever has started them") {
  TROUPE_NEEDS_ROOT();
  for_each_way([](const std::string& way) {
    hidden_world w{way};
    int version = 1;
    for (const auto* name : {"hello.bare", "hello.titled"}) {
      INFO(name);
      w.check_holds(*w.launch(name), std::to_string(++version));
      w.check_holds(*w.launch_as_nobody(name), std::to_string(++version));
    }
  });
}

TEST_CASE("what users can do to the files of run control blinds nobody and stops nobody") {
  TROUPE_NEEDS_ROOT();
  for_each_way([](const std::string& way) {
    hidden_world w{way};
    // Only markers are anybody's.
    constexpr auto for_others = fs::perms::group_write | fs::perms::others_write;
    CHECK((fs::status(w.directory()).permissions() & for_others) == fs::perms::none);
    for (const auto& entry : fs::directory_iterator{w.directory()})
      if (entry.path() != host::marker_directory(w.directory()))
        CHECK((entry.status().permissions() & for_others) == fs::perms::none);

    // Whoever came first may remove the marker, or put something else there.
    auto first = w.launch_as_nobody("hello");
    auto second = w.launch_as_nobody("hello.bare");
    run_program(hidden_world::as_nobody({"rm", "-f", w.marker().string()}));
    first->send_signal(SIGTERM);
    first->wait();
    w.check_holds(*second, "2");
    for (const auto& put : {std::vector<std::string>{"mkdir", w.marker().string()},
                            std::vector<std::string>{"ln", "-s", "/etc/passwd", w.marker().string()}}) {
      fs::remove_all(w.marker());
      REQUIRE(run_program(hidden_world::as_nobody(put)).exit_code == 0);
      w.check_holds(*w.launch(), w.current() == "x2" ? "3" : "4");
    }
    fs::remove_all(w.marker());

    // A lock that keeps others from sharing it takes more than reading.
    program locks{hidden_world::as_nobody(
        {"flock", "--exclusive", host::lock_file_of(w.directory(), "hello").string(), "sleep", "1000"})};
    w.launch()->send_signal(SIGTERM);
    locks.send_signal(SIGKILL);
  });
}

TEST_CASE("an application that is started from within its snap doesn't wait for the snap's refresh") {
  hidden_world w{"", "refresh-pending-behavior: block\n"};
  auto app = w.launch();
  const auto id = w.waiting_refresh("2");
  REQUIRE(eventually([&] { return fs::exists(host::inhibited_file(w.directory(), "hello")); }));
  auto variables = w.user();
  variables["SNAP_INSTANCE_NAME"] = "hello";
  const auto inner = run_program({w.in_root("snap/bin/hello.status").string()}, variables);
  CHECK(inner.exit_code == 1);
  CHECK_THAT(inner.err, Contains("from within itself while it is being refreshed"));
  app->send_signal(SIGTERM);
  CHECK(eventually([&] { return w.is_done(id); }));
}
