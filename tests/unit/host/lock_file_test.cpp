#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <thread>

#include <sys/wait.h>

#include "messages/failure.hpp"
#include "runtime/host/clock.hpp"
#include "runtime/host/lock_file.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

TEST_CASE("a second lock on a root is refused with the first one's process") {
  temp_dir dir;
  std::optional<lock_file> first{std::in_place, dir / "lock", dir.path()};
  CHECK(text_of(dir / "lock") == std::to_string(getpid()) + "\n");
  CHECK_THROWS_WITH((lock_file{dir / "lock", dir.path()}),
                    "cannot use root " + dir.path().string() + ": another daemon (pid " +
                        std::to_string(getpid()) + ") is running on it");
  CHECK(text_of(dir / "lock") == std::to_string(getpid()) + "\n");
  first.reset();
  CHECK_NOTHROW(lock_file{dir / "lock", dir.path()});
}

TEST_CASE("a lock that a dead daemon has left to a child is had as soon as the child lets go of it") {
  temp_dir dir;
  const pid_t daemon = fork();
  REQUIRE(daemon >= 0);
  if (daemon == 0) {
    const lock_file taken{dir / "lock", dir.path()};
    if (fork() == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    _exit(0);
  }
  REQUIRE(waitpid(daemon, nullptr, 0) == daemon);
  CHECK_NOTHROW(lock_file{dir / "lock", dir.path()});
  CHECK(text_of(dir / "lock") == std::to_string(getpid()) + "\n");
}

TEST_CASE("whatever stands in a lock's file, who keeps the lock counts") {
  for (const std::string text : {"", "0\n", "99999999999999999999999999\n", "nobody\n"}) {
    temp_dir dir;
    const lock_file first{dir / "lock", dir.path()};
    std::ofstream{dir / "lock"} << text;
    CHECK_THROWS_WITH((lock_file{dir / "lock", dir.path()}), Catch::Contains("another daemon"));
  }
}

TEST_CASE("a lock that can't be made names the root and the reason") {
  temp_dir dir;
  CHECK_THROWS_WITH((lock_file{dir / "none/lock", dir.path()}),
                    "cannot use root " + dir.path().string() + ": " + (dir / "none/lock").string() +
                        ": No such file or directory");
}

TEST_CASE("the clock tells the time of day") {
  const auto before = std::chrono::system_clock::now();
  const time_point now = real_clock{}.now();
  CHECK(now >= before);
  CHECK(is_set(now));
}
