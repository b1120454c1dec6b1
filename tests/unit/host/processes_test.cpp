#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>

#include "messages/failure.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/real_processes.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;
using namespace std::chrono_literals;

namespace {

process_spec shell(const std::string& script) {
  process_spec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.env = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}};
  spec.output_limit = 4096;
  return spec;
}

/// Whether a process runs; a zombie that nobody has reaped yet doesn't.
bool runs(const std::string& process) {
  std::ifstream file{"/proc/" + process + "/stat"};
  std::string line;
  std::getline(file, line);
  const auto state = line.rfind(") ");
  return state != std::string::npos && line.at(state + 2) != 'Z';
}

std::string first_word(const std::string& text) { return text.substr(0, text.find_first_of(" \n")); }

/// Waits for what another process is about to do; the limit only keeps a failing test from hanging.
template <class Condition>
bool comes_true(Condition&& condition) {
  for (int waited = 0; waited < 2000; ++waited) {
    if (condition())
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

} // namespace

TEST_CASE("a program's exit status and its output and errors in order are told") {
  const auto result = real_processes{}.run(shell("echo one; echo two >&2; echo three; exit 7"), {});
  CHECK(result.exit_status == 7);
  CHECK(result.signal == 0);
  CHECK(result.output == "one\ntwo\nthree\n");
  CHECK_FALSE(result.output_truncated);
  CHECK_FALSE(result.succeeded());
}

TEST_CASE("a program ended by a signal has no exit status") {
  const auto result = real_processes{}.run(shell("kill -SEGV $$"), {});
  CHECK(result.exit_status == -1);
  CHECK(result.signal == SIGSEGV);
}

TEST_CASE("a program gets exactly its environment, its directory and an empty input") {
  temp_dir dir;
  process_spec spec = shell("pwd -P; cat; exec env");
  spec.env["SNAP"] = "/snap/a";
  spec.cwd = dir.path();
  const auto result = real_processes{}.run(spec, {});
  CHECK_THAT(result.output, Catch::StartsWith(fs::canonical(dir.path()).string() + "\n"));
  CHECK_THAT(result.output, Catch::Contains("SNAP=/snap/a\n"));
  CHECK_THAT(result.output, !Catch::Contains("HOME="));
}

TEST_CASE("a program inherits no descriptors, no blocked signals and no ignored ones") {
  temp_dir dir;
  const int leaked = open((dir / "leaked").c_str(), O_RDWR | O_CREAT, 0600);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto ignored_before = std::signal(SIGPIPE, SIG_IGN);
  const auto descriptors = real_processes{}.run(shell("exec ls -l /proc/self/fd"), {}).output;
  const auto signals =
      real_processes{}.run(shell("exec grep -E 'SigBlk|SigIgn' /proc/self/status"), {}).output;
  std::signal(SIGPIPE, ignored_before);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  close(leaked);
  CHECK_THAT(descriptors, Catch::Contains("0 -> /dev/null"));
  CHECK_THAT(descriptors, !Catch::Contains("leaked"));
  CHECK(signals == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a program that can't be run is told with the reason") {
  temp_dir dir;
  real_processes processes;
  process_spec spec = shell("");
  spec.argv = {"/no/such/program"};
  CHECK_THROWS_WITH(processes.run(spec, {}), "cannot run /no/such/program: No such file or directory");
  spec.argv = {"no-such-program-anywhere"};
  CHECK_THROWS_WITH(processes.run(spec, {}),
                    "cannot run no-such-program-anywhere: No such file or directory");
  put(dir / "text", "text");
  spec.argv = {(dir / "text").string()};
  CHECK_THROWS_WITH(processes.run(spec, {}), Catch::Contains("Permission denied"));
  spec.argv = {"true"};
  CHECK(processes.run(spec, {}).succeeded());
  spec.cwd = dir / "none";
  CHECK_THROWS_WITH(processes.run(spec, {}), "cannot run true: cannot enter " + (dir / "none").string() +
                                                 ": No such file or directory");
  spec.argv.clear();
  CHECK_THROWS_AS(processes.run(spec, {}), failure);
}

TEST_CASE("of much output the end is kept and all of it is passed on") {
  process_spec spec = shell("seq 1 200000");
  spec.output_limit = 1000;
  std::size_t seen = 0;
  const auto result =
      real_processes{}.run(spec, {}, [&](std::string_view piece) { seen += piece.size(); });
  CHECK(result.output.size() == 1000);
  CHECK(result.output_truncated);
  CHECK_THAT(result.output, Catch::EndsWith("199999\n200000\n"));
  CHECK(seen == 1'288'895);
}

TEST_CASE("the time limit ends a program") {
  process_spec spec = shell("exec sleep 1000");
  spec.time_limit = 50ms;
  const auto result = real_processes{}.run(spec, {});
  CHECK(result.timed_out);
  CHECK_FALSE(result.stopped);
  CHECK_FALSE(result.succeeded());
  CHECK(result.exit_status == -1);
  CHECK(result.signal == SIGTERM);
}

TEST_CASE("the time limit ends the whole group, children that ignore SIGTERM too") {
  process_spec spec = shell("trap '' TERM; sleep 1000 & echo $!; wait");
  spec.time_limit = 1s;
  const auto result = real_processes{}.run(spec, {});
  CHECK(result.timed_out);
  CHECK(result.exit_status == -1);
  CHECK_FALSE(runs(first_word(result.output)));
}

TEST_CASE("a stop kills the whole group when all of it ignores SIGTERM") {
  std::stop_source source;
  const auto result =
      real_processes{}.run(shell("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done"),
                           source.get_token(), [&](std::string_view) { source.request_stop(); });
  CHECK(result.stopped);
  CHECK(result.signal == SIGKILL);
  REQUIRE_FALSE(result.output.empty());
  CHECK_FALSE(runs(first_word(result.output)));
}

TEST_CASE("a program that heeds SIGTERM may end by itself") {
  std::stop_source source;
  const auto result = real_processes{}.run(
      shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done"),
      source.get_token(), [&](std::string_view) { source.request_stop(); });
  CHECK(result.stopped);
  CHECK(result.exit_status == 3);
  CHECK_THAT(result.output, Catch::EndsWith("bye\n"));
  CHECK_FALSE(result.succeeded());
}

TEST_CASE("a stop ends a running program") {
  std::stop_source source;
  const auto result = real_processes{}.run(shell("echo started; exec sleep 1000"), source.get_token(),
                                           [&](std::string_view) { source.request_stop(); });
  CHECK(result.stopped);
  CHECK_FALSE(result.timed_out);
  CHECK(result.signal == SIGTERM);
}

TEST_CASE("a stop from another thread ends a silent program") {
  std::stop_source source;
  const std::jthread stopper{[&] {
    std::this_thread::sleep_for(20ms);
    source.request_stop();
  }};
  CHECK(real_processes{}.run(shell("exec sleep 1000"), source.get_token()).stopped);
}

TEST_CASE("after a stop no program is started") {
  temp_dir dir;
  std::stop_source source;
  source.request_stop();
  const auto result = real_processes{}.run(shell("touch " + (dir / "f").string()), source.get_token());
  CHECK(result.stopped);
  CHECK(result.exit_status == -1);
  CHECK_FALSE(fs::exists(dir / "f"));
}

TEST_CASE("a background child that holds the output is ended with its leader") {
  const auto result = real_processes{}.run(shell("sleep 1000 & echo $!"), {});
  CHECK(result.exit_status == 0);
  CHECK_FALSE(runs(first_word(result.output)));
}

TEST_CASE("a child that left the group and holds the output isn't waited for") {
  temp_dir dir;
  const std::string ready = (dir / "ready").string();
  const auto result = real_processes{}.run(shell("setsid sh -c 'echo $$; touch " + ready +
                                                 "; exec sleep 1000' & while ! [ -e " + ready +
                                                 " ]; do sleep 0.01; done"),
                                           {});
  CHECK(result.exit_status == 0);
  REQUIRE_FALSE(result.output.empty());
  const pid_t left = std::stoi(first_word(result.output));
  CHECK(runs(std::to_string(left)));
  kill(left, SIGKILL);
}

TEST_CASE("an exception of the output's receiver ends the program") {
  std::string process;
  CHECK_THROWS_WITH(real_processes{}.run(shell("echo $$; exec sleep 1000"), {},
                                         [&](std::string_view text) {
                                           process = first_word(std::string{text});
                                           throw failure{"enough"};
                                         }),
                    "enough");
  CHECK_FALSE(runs(process));
}

TEST_CASE("programs run from many threads at once") {
  std::atomic<int> succeeded = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread)
      threads.emplace_back([&succeeded, thread] {
        for (int round = 0; round < 10; ++round) {
          const std::string text = std::to_string(thread * 100 + round);
          if (real_processes{}.run(shell("echo " + text), {}).output == text + "\n")
            ++succeeded;
        }
      });
  }
  CHECK(succeeded == 80);
}

TEST_CASE("a program dies with its daemon") {
  temp_dir dir;
  const pid_t daemon = fork();
  if (daemon == 0) {
    real_processes{}.run(shell("echo $$ > " + (dir / "new").string() + "; mv " + (dir / "new").string() +
                               " " + (dir / "pid").string() + "; exec sleep 1000"),
                         {});
    _exit(0);
  }
  REQUIRE(comes_true([&] { return fs::exists(dir / "pid"); }));
  const std::string program = first_word(text_of(dir / "pid"));
  CHECK(runs(program));
  kill(daemon, SIGKILL);
  waitpid(daemon, nullptr, 0);
  CHECK(comes_true([&] { return !runs(program); }));
}

TEST_CASE("processes with all marks are killed, others live") {
  const std::string value = std::to_string(getpid());
  const auto start = [&](std::vector<std::string> environment) {
    const pid_t process = fork();
    if (process == 0) {
      std::vector<char*> pointers;
      for (std::string& text : environment)
        pointers.push_back(text.data());
      pointers.push_back(nullptr);
      execle("/bin/sleep", "sleep", "1000", nullptr, pointers.data());
      _exit(127);
    }
    REQUIRE(comes_true(
        [&] { return text_of("/proc/" + std::to_string(process) + "/cmdline").starts_with("sleep"); }));
    return process;
  };
  const pid_t marked = start({"OTHER=1", "TROUPE_TEST=" + value, "TROUPE_CHANGE=1"});
  const pid_t second = start({"TROUPE_CHANGE=1", "TROUPE_TEST=" + value});
  const pid_t half = start({"TROUPE_TEST=" + value});
  const pid_t longer = start({"TROUPE_TEST=" + value + "0", "TROUPE_CHANGE=1"});
  real_processes processes;
  CHECK(processes.kill_marked({}) == 0);
  CHECK(processes.kill_marked({{"TROUPE_TEST", value}, {"TROUPE_CHANGE", "1"}}) == 2);
  CHECK_FALSE(runs(std::to_string(marked)));
  CHECK_FALSE(runs(std::to_string(second)));
  CHECK(runs(std::to_string(half)));
  CHECK(runs(std::to_string(longer)));
  CHECK(processes.kill_marked({{"TROUPE_TEST", value}, {"TROUPE_CHANGE", "1"}}) == 0);
  for (const pid_t process : {marked, second, half, longer}) {
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
}
