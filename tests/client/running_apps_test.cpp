#include <catch2/catch.hpp>

#include <csignal>

#include "tests/client/snap_client.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE("snap is told at once what runs of a snap that it wants to replace") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  const auto image = [&](const std::string& version) {
    snap_source source;
    source.yaml = "name: hello\nversion: '" + version + "'\napps:\n  hello: {command: bin/sleep}\n";
    source.files["bin/sleep"] = "#!/bin/sh\n>$SNAP_COMMON/started\nexec sleep 1000\n";
    return w.make_snap(source).string();
  };
  for (const auto* version : {"1", "2"})
    REQUIRE(w.snap({"install", "--dangerous", image(version)}).exit_code == 0);
  program app{{w.in_root("snap/bin/hello").string()}, w.user()};
  REQUIRE(eventually([&] { return fs::exists(w.common_data("hello") / "started"); }));
  const auto why = "snap \"hello\" has running apps (hello), pids: " + std::to_string(app.pid());
  for (const auto& words : std::vector<std::vector<std::string>>{{"install", "--dangerous", image("3")},
                                                                 {"revert", "hello"}}) {
    INFO(words.front());
    const auto refused = w.snap(words);
    CHECK(refused.exit_code == 1);
    CHECK_THAT(in_one_line(refused.err), Contains(why));
    CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "x2");
  }
  app.send_signal(SIGTERM);
  app.wait();
  REQUIRE(eventually([&] { return w.snap({"revert", "hello"}).exit_code == 0; }));
  CHECK(fs::read_symlink(w.in_root("snap/hello/current")) == "x1");
}
