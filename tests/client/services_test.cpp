#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

TEST_CASE("snap lists, starts, stops and restarts services and shows their logs") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  auto fine = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    INFO(words.front() << ": " << result.err);
    CHECK(result.exit_code == 0);
    return result;
  };
  snap_source source{
      "name: hello\nversion: 1.0\napps:\n  web:\n    command: bin/web\n    daemon: simple\n",
      {{"bin/web", "#!/bin/sh\necho it is up\nwhile :; do sleep 60; done\n"}},
      {}};
  REQUIRE(text(install(w.api, w.make_snap(source)), "status") == "Done");
  CHECK_THAT(fine({"services"}).out, Contains("hello.web  enabled  active"));
  CHECK_THAT(fine({"stop", "--disable", "hello.web"}).out, Contains("Stopped."));
  CHECK_THAT(fine({"services", "hello"}).out, Contains("hello.web  disabled  inactive"));
  CHECK_THAT(fine({"start", "--enable", "hello"}).out, Contains("Started."));
  CHECK_THAT(fine({"restart", "hello.web"}).out, Contains("Restarted."));
  CHECK_THAT(fine({"restart", "--reload", "hello"}).out, Contains("Restarted."));
  CHECK_THAT(fine({"services"}).out, Contains("hello.web  enabled  active"));
  CHECK(eventually([&] {
    return w.snap({"logs", "-n", "all", "hello"}).out.find("hello.web[") != std::string::npos;
  }));
  CHECK_THAT(fine({"logs", "hello.web"}).out, Contains("]: it is up"));
  CHECK_THAT(fine({"info", "hello"}).out, Contains("hello.web: simple, enabled, active"));

  program follower{w.snap_words({"logs", "-n", "1", "-f", "hello"}), w.client_environment()};
  fine({"restart", "hello"});
  CHECK_FALSE(follower.has_ended());
  follower.send_signal(2);
  CHECK_THAT(follower.wait().out, Contains("it is up"));

  auto unknown = w.snap({"start", "hello.nope"});
  CHECK(unknown.exit_code == 1);
  CHECK_THAT(unknown.err, Contains("has no application \"nope\""));
  auto none = w.snap({"logs", "gone"});
  CHECK(none.exit_code == 1);
}
