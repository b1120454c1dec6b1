#include <catch2/catch.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include "messages/failure.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/real_service_processes.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;
using namespace std::chrono_literals;

namespace {

/// What a service's listener was told.
class told {
public:
  service_listener listener() {
    return {[this](pid_t, std::string_view piece) {
              const std::lock_guard guard{mutex_};
              output_ += piece;
              output_ended_ = output_ended_ || piece.empty();
              changed_.notify_all();
            },
            [this](const service_event& what) {
              const std::lock_guard guard{mutex_};
              events_.push_back(what);
              changed_.notify_all();
            }};
  }

  /// Waits for an event of this sort and returns the first; the limit only keeps a failing test from
  /// hanging.
  template <class Event>
  Event first() {
    std::unique_lock lock{mutex_};
    const Event* found = nullptr;
    REQUIRE(changed_.wait_for(lock, 20s, [&] {
      for (const auto& event : events_)
        if (!found)
          found = std::get_if<Event>(&event);
      return found != nullptr;
    }));
    return *found;
  }

  void await_output(const std::string& text) {
    std::unique_lock lock{mutex_};
    INFO(output_);
    REQUIRE(changed_.wait_for(lock, 20s, [&] { return output_.find(text) != output_.npos; }));
  }

  template <class Event>
  bool has() {
    const std::lock_guard guard{mutex_};
    return std::ranges::any_of(events_,
                               [](const auto& event) { return std::holds_alternative<Event>(event); });
  }
  std::string output() {
    const std::lock_guard guard{mutex_};
    return output_;
  }
  bool output_ended() {
    const std::lock_guard guard{mutex_};
    return output_ended_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool output_ended_ = false;
  std::vector<service_event> events_;
};

service_spec shell(const std::string& script) {
  service_spec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.env = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"GREETING", "hello there"}};
  spec.cwd = "/";
  spec.group = "snap.test.service.web";
  return spec;
}

/// Groups as a host without cgroups has them: a process belongs to the session of who entered.
class session_groups : public process_groups {
public:
  std::string_view backend() const override { return "sessions"; }
  void make(const std::string& group, bool) override { made.push_back(group); }
  void enter(const std::string&, pid_t process) override {
    entered = process;
    program = std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/exe");
    if (fails)
      throw failure{"cannot enter group"};
  }
  std::map<std::string, std::string> marks(const std::string& group) const override {
    return {{"GROUP", group}};
  }
  std::vector<pid_t> members(const std::string&) override {
    return entered ? members_of_session(entered) : std::vector<pid_t>{};
  }
  bool kill(const std::string&) override {
    for (const auto process : members({}))
      ::kill(process, SIGKILL);
    return true;
  }
  void remove(const std::string& group) override { removed.push_back(group); }

  pid_t entered = 0;
  std::filesystem::path program;
  bool fails = false;
  std::vector<std::string> made;
  std::vector<std::string> removed;
};

} // namespace

TEST_CASE("a service that hides its environment is one all the same where there are only marks") {
  real_service_processes services{std::make_shared<marked_groups>("/marks of this test")};
  using script_with = std::pair<const char*, std::size_t>;
  for (const auto& [script, processes] :
       {script_with{"exec env -i sleep 1000", 1}, script_with{"sleep 1000 & exec env -i sleep 1000", 2}})
    for (const bool by_force : {false, true}) {
      told heard;
      auto run = services.start(shell(script), heard.listener());
      while (run->members().size() < processes)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
      CHECK(std::ranges::count(run->members(), run->pid()) == 1);
      if (by_force)
        run->kill();
      else
        run->terminate();
      CHECK(heard.first<service_events::exited>().signal == (by_force ? SIGKILL : SIGTERM));
      while (!run->members().empty())
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

TEST_CASE("a service's end is told with its status, after all that it has written") {
  real_service_processes services{nullptr};
  for (const auto& [script, status, signal] : std::vector<std::tuple<std::string, int, int>>{
           {"echo $GREETING; echo oops >&2; exit 7", 7, 0},
           {"echo $GREETING; echo oops >&2", 0, 0},
           {"echo $GREETING; echo oops >&2; kill -9 $$", -1, 9}}) {
    told heard;
    auto run = services.start(shell(script), heard.listener());
    auto end = heard.first<service_events::exited>();
    CHECK(end.status == status);
    CHECK(end.signal == signal);
    CHECK_FALSE(end.leaves_others);
    CHECK(heard.output() == "hello there\noops\n");
    CHECK(heard.output_ended());
    CHECK_FALSE(heard.has<service_events::vacated>());
  }
}

TEST_CASE("a service has a session of its own, no input and the directory it was given") {
  real_service_processes services{nullptr};
  told heard;
  auto run = services.start(shell("pwd; readlink /proc/self/fd/0; ls /proc/self/fd; cut -d' ' -f6 "
                                  "/proc/$$/stat; kill -0 $PPID; read line || echo nothing"),
                            heard.listener());
  const auto pid = run->pid();
  heard.first<service_events::exited>();
  CHECK(heard.output() == "/\n/dev/null\n0\n1\n2\n3\n" + std::to_string(pid) + "\nnothing\n");
}

TEST_CASE("a program that isn't there isn't started, and neither is one that can't enter its group") {
  auto groups = std::make_shared<session_groups>();
  real_service_processes services{groups};
  told heard;
  auto spec = shell("");
  spec.argv = {"/nowhere/web"};
  CHECK_THROWS_WITH(services.start(spec, heard.listener()),
                    Catch::Contains("cannot run /nowhere/web: No such file"));
  groups->fails = true;
  CHECK_THROWS_WITH(services.start(shell("echo run"), heard.listener()),
                    Catch::Contains("cannot enter group"));
  CHECK(heard.output().empty());
  CHECK(members_of_session(groups->entered).empty());
}

TEST_CASE("a service enters its group before its program is executed, and the group goes with it") {
  auto groups = std::make_shared<session_groups>();
  real_service_processes services{groups};
  told heard;
  auto run = services.start(shell("echo $GROUP"), heard.listener());
  CHECK(groups->entered == run->pid());
  CHECK(groups->program == std::filesystem::read_symlink("/proc/self/exe"));
  heard.first<service_events::exited>();
  CHECK(heard.output() == "snap.test.service.web\n");
  CHECK(groups->made == groups->removed);
}

TEST_CASE("what a first process leaves is watched until the last of it has ended") {
  real_service_processes services{nullptr};
  told heard;
  auto run = services.start(
      shell("(sh -c 'echo inner $$; while :; do sleep 60; done' & echo outer; exec sleep 60) & exit 0"),
      heard.listener());
  auto end = heard.first<service_events::exited>();
  CHECK(end.status == 0);
  CHECK(end.leaves_others);
  heard.await_output("inner");
  CHECK(run->members().size() >= 2);
  CHECK_FALSE(heard.has<service_events::vacated>());
  run->terminate();
  heard.first<service_events::vacated>();
  CHECK(run->members().empty());
}

TEST_CASE("what ignores SIGTERM, is stopped or goes on forking is killed all the same") {
  real_service_processes services{nullptr};
  for (const auto* script :
       {"trap '' TERM; echo up; while :; do sleep 60; done", "echo up; kill -STOP $$",
        "trap '' TERM; (trap '' TERM; while :; do (sleep 0.01) & sleep 0.01; done) & echo up; wait"}) {
    told heard;
    auto run = services.start(shell(script), heard.listener());
    heard.await_output("up");
    run->terminate();
    run->kill();
    CHECK(run->members().empty());
    heard.first<service_events::exited>();
  }
}

TEST_CASE("only READY=1 of the service's own processes makes it ready") {
  real_service_processes services{nullptr};
  auto spec = shell("exec python3 -c '\n"
                    "import os, socket, sys\n"
                    "address = os.environ[\"NOTIFY_SOCKET\"]\n"
                    "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                    "s.connect(chr(0) + address[1:])\n"
                    "for text in (b\"\", b\"READY=0\", b\"x\" * 9000, b\"\\xff\\nSTATUS=READY=1\"):\n"
                    "  s.send(text)\n"
                    "print(address, flush=True)\n"
                    "import time\n"
                    "while not os.path.exists(os.environ[\"GO\"]): time.sleep(0.01)\n"
                    "s.send(b\"STATUS=fine\\nREADY=1\\n\")\n"
                    "time.sleep(600)\n'");
  temp_dir dir;
  const auto go = dir.path() / "go";
  spec.env["GO"] = go;
  spec.notifies = true;
  told heard;
  auto run = services.start(spec, heard.listener());
  heard.await_output("\n");
  told other;
  auto address = heard.output();
  address.pop_back();
  auto stranger = shell("exec python3 -c 'import socket, sys\n"
                        "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                        "s.sendto(b\"READY=1\", chr(0) + sys.argv[1][1:])' " +
                        address);
  auto another = services.start(stranger, other.listener());
  CHECK(other.first<service_events::exited>().status == 0);
  CHECK_FALSE(heard.has<service_events::ready>());
  std::ofstream{go};
  heard.first<service_events::ready>();
}

TEST_CASE("a run that goes takes its first process along and isn't heard of any more") {
  real_service_processes services{nullptr};
  told heard;
  auto run = services.start(shell("echo up; while :; do echo more; done"), heard.listener());
  heard.await_output("up");
  const auto pid = run->pid();
  run.reset();
  CHECK(members_of_session(pid).empty());
  CHECK_FALSE(heard.has<service_events::exited>());
}

TEST_CASE("a hundred services that end at once are all told") {
  real_service_processes services{nullptr};
  std::deque<told> heard(100);
  std::vector<std::unique_ptr<service_processes::run>> runs;
  for (auto& one : heard)
    runs.push_back(services.start(shell("exit 3"), one.listener()));
  for (auto& one : heard)
    CHECK(one.first<service_events::exited>().status == 3);
}
