#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/host/cgroup2_groups.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/freezer_groups.hpp"
#include "runtime/host/release_agent.hpp"
#include "runtime/host/run_control_files.hpp"
#include "tests/support/program.hpp"
#include "tests/tracking/tracked_world.hpp"

using namespace troupe;
using namespace troupe::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::int32_t> pids_of(const std::vector<snap_process>& processes) {
  std::vector<std::int32_t> pids;
  for (const auto& process : processes)
    pids.push_back(process.pid);
  return pids;
}

bool runs(tracked_world& w, const std::string& snap) { return !w.control().running(snap).empty(); }

/// As a launcher of any user does.
host::file_descriptor open_lock(tracked_world& w) {
  return host::file_descriptor{
      open(host::lock_file_of(w.directory(), "hello").c_str(), O_RDONLY | O_CLOEXEC)};
}

/// Where groups can be frozen at all.
void freeze(tracked_world& w, const std::string& group) {
  if (const auto* freezer = dynamic_cast<host::freezer_groups*>(&w.groups()))
    std::ofstream{freezer->directory() / group / "freezer.state"} << "FROZEN";
  if (const auto* unified = dynamic_cast<host::cgroup2_groups*>(&w.groups()))
    std::ofstream{unified->events_file(group).parent_path() / "cgroup.freeze"} << "1";
}

/// Runs a test for each way that this machine can do.
template <class Test>
void for_each_way(Test test) {
  for (const auto& way : tracking_ways) {
    tracked_world w{way};
    if (!w.trouble().empty()) {
      WARN(way << ": " << w.trouble());
      continue;
    }
    INFO("by " << way);
    CHECK(w.control().backend() == way);
    test(w);
  }
}

} // namespace

TEST_CASE("who runs of a snap is told with process, command, user and application") {
  for_each_way([](tracked_world& w) {
    CHECK_FALSE(runs(w, "hello"));
    const auto process = w.start("hello", "exec sleep 1000", "greet");
    w.start("other", "exec sleep 1000");
    REQUIRE(eventually([&] {
      auto found = w.control().running("hello");
      return found.size() == 1 && found.front().command == "sleep";
    }));
    auto found = w.control().running("hello").front();
    CHECK(found.pid == process);
    CHECK(found.app == "greet");
    CHECK(found.hook.empty());
    CHECK_FALSE(found.user.empty());
  });
}

TEST_CASE("whoever follows a snap hears of the end of its last process") {
  for_each_way([](tracked_world& w) {
    const auto first = w.start("hello", "exec sleep 1000");
    const auto second = w.start("hello", "exec sleep 1000");
    told_changes told;
    auto watch = w.control().follow("hello", told.teller());
    tracked_world::end(first);
    CHECK(runs(w, "hello"));
    tracked_world::end(second);
    CHECK(told.until([&] { return !runs(w, "hello"); }));
  });
}

TEST_CASE("a process that double-forks into a session of its own keeps its snap busy") {
  for_each_way([](tracked_world& w) {
    const auto parent = w.start("hello", "(setsid sleep 1000 &)");
    waitpid(parent, nullptr, 0);
    REQUIRE(eventually([&] {
      auto found = w.control().running("hello");
      return found.size() == 1 && found.front().command == "sleep";
    }));
    told_changes told;
    auto watch = w.control().follow("hello", told.teller());
    kill(w.control().running("hello").front().pid, SIGKILL);
    CHECK(told.until([&] { return !runs(w, "hello"); }));
  });
}

TEST_CASE("a process that starts while its snap is followed is followed as well") {
  for_each_way([](tracked_world& w) {
    w.control().open("hello");
    told_changes told;
    auto watch = w.control().follow("hello", told.teller());
    const auto process = w.start("hello", "exec sleep 1000");
    // A launcher closes the snap's lock once it is in.
    open_lock(w);
    CHECK(told.until([&] { return runs(w, "hello"); }));
    tracked_world::end(process);
    CHECK(told.until([&] { return !runs(w, "hello"); }));
  });
}

TEST_CASE("a stopped process counts as running") {
  for_each_way([](tracked_world& w) {
    const auto process = w.start("hello", "exec sleep 1000");
    kill(process, SIGSTOP);
    CHECK(pids_of(w.control().running("hello")) == std::vector<std::int32_t>{process});
    CHECK_FALSE(w.control().inhibit_if_vacant("hello").inhibited);
  });
}

TEST_CASE("new applications are kept from starting only while nothing runs") {
  for_each_way([](tracked_world& w) {
    const auto process = w.start("hello", "exec sleep 1000");
    auto refused = w.control().inhibit_if_vacant("hello");
    CHECK_FALSE(refused.inhibited);
    CHECK(pids_of(refused.running) == std::vector<std::int32_t>{process});
    CHECK(w.control().inhibited().empty());

    tracked_world::end(process);
    CHECK(eventually([&] { return !runs(w, "hello"); }));
    CHECK(w.control().inhibit_if_vacant("hello").inhibited);
    CHECK(w.control().inhibited() == std::vector<std::string>{"hello"});
    CHECK(fs::exists(w.directory() / "snap.hello.inhibited"));
    w.control().allow("hello");
    w.control().allow("hello");
    CHECK(w.control().inhibited().empty());
  });
}

TEST_CASE("while a launcher holds the lock of a snap nothing is known of it yet") {
  for_each_way([](tracked_world& w) {
    w.control().open("hello");
    told_changes told;
    auto watch = w.control().follow("hello", told.teller());
    auto launcher = open_lock(w);
    auto start = host::byte_lock(host::lock_byte::start, F_RDLCK);
    REQUIRE(fcntl(launcher.get(), F_SETLK, &start) == 0);
    auto answer = w.control().inhibit_if_vacant("hello");
    CHECK_FALSE(answer.inhibited);
    CHECK(answer.running.empty());
    launcher.close();
    CHECK(told.until([&] { return w.control().inhibit_if_vacant("hello").inhibited; }));
  });
}

TEST_CASE("the marker of a running snap goes with its last process") {
  for_each_way([](tracked_world& w) {
    const auto process = w.start("hello", "exec sleep 1000");
    const auto marker = host::running_file(w.directory(), "hello");
    CHECK(fs::exists(marker));
    tracked_world::end(process);
    CHECK(eventually([&] { return !fs::exists(marker); }));
  });
}

TEST_CASE("all of a group are killed, frozen ones too") {
  for_each_way([](tracked_world& w) {
    w.start("hello", "sleep 1000 & sleep 1000");
    w.start("hello", "trap '' TERM; sleep 1000");
    freeze(w, "snap.hello");
    CHECK(runs(w, "hello"));
    CHECK(w.groups().kill("snap.hello"));
    CHECK_FALSE(runs(w, "hello"));
  });
}

TEST_CASE("a burst of ends is told of for each snap") {
  for_each_way([](tracked_world& w) {
    constexpr int snaps = 50;
    std::vector<pid_t> processes;
    std::vector<std::unique_ptr<told_changes>> told;
    std::vector<std::unique_ptr<host::run_control::watch>> watches;
    for (int i = 0; i < snaps; ++i) {
      const auto snap = "burst" + std::to_string(i);
      processes.push_back(w.start(snap, "exec sleep 1000"));
      told.push_back(std::make_unique<told_changes>());
      watches.push_back(w.control().follow(snap, told.back()->teller()));
    }
    for (const auto process : processes)
      kill(process, SIGKILL);
    for (const auto process : processes)
      waitpid(process, nullptr, 0);
    for (int i = 0; i < snaps; ++i)
      CHECK(told[static_cast<std::size_t>(i)]->until(
          [&] { return !runs(w, "burst" + std::to_string(i)); }));
  });
}

TEST_CASE("the former release agent is put back, and another daemon's isn't taken") {
  tracked_world first{"freezer-agent"};
  if (!first.trouble().empty()) {
    WARN(first.trouble());
    return;
  }
  auto& groups = dynamic_cast<host::freezer_groups&>(first.groups());
  const auto registered = groups.release_agent();
  {
    tracked_world second{"freezer-agent"};
    CHECK(second.trouble().find("the release agent of another daemon") != std::string::npos);
  }
  CHECK(groups.release_agent() == registered);
}
