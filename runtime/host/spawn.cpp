#include "runtime/host/spawn.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "runtime/host/process_table.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

namespace fs = std::filesystem;

struct pipe_ends {
  file_descriptor read;
  file_descriptor write;
};

pipe_ends make_pipe(const std::string& what) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw_errno(what);
  return {file_descriptor{ends[0]}, file_descriptor{ends[1]}};
}

/// What the child tells through the pipe that its exec closes.
struct start_error {
  enum class step : int { set_up, change_directory, execute } at;
  int number;
};

/// All that the child needs, made before the fork, since the child may not allocate.
struct start_plan {
  const char* program;
  const char* directory;
  char* const* arguments;
  char* const* environment;
  pid_t parent;
  int output;
  int errors;
  int go; ///< Waits here for a byte before it executes anything; -1: doesn't wait.
};

/// Runs between fork and exec, perhaps on the parent's memory: calls only async-signal-safe functions.
[[noreturn]] void run_child(const start_plan& plan) {
  auto at = start_error::step::set_up;
  const int errors = fcntl(plan.errors, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int output = fcntl(plan.output, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal)
    sigaction(signal, &by_default, nullptr);
  sigset_t none;
  sigemptyset(&none);
  bool ready = errors >= 0 && output >= 0 && input >= 0 && setsid() >= 0 &&
               prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(input, STDIN_FILENO) >= 0 &&
               dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0 &&
               sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
  // Without close_range (before Linux 5.11) the daemon's own descriptors close by their flag.
  close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  if (getppid() != plan.parent)
    _exit(1);
  if (ready && plan.go >= 0) {
    char byte = 0;
    ready = read(plan.go, &byte, 1) == 1 && prctl(PR_SET_PDEATHSIG, 0) == 0;
  }
  if (ready && plan.directory != nullptr) {
    at = start_error::step::change_directory;
    ready = chdir(plan.directory) == 0;
  }
  if (ready) {
    at = start_error::step::execute;
    execve(plan.program, plan.arguments, plan.environment);
  }
  const start_error error{at, errno};
  [[maybe_unused]] const ssize_t ignored = write(errors, &error, sizeof error);
  _exit(127);
}

/// vfork, because copying a large daemon's page tables takes longer than the programs that it runs; but
/// it holds up the parent, which can't let a child go on then. All signals are blocked meanwhile: a
/// handler must not run in the child on the parent's memory.
pid_t start(const start_plan& plan) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t process = plan.go >= 0 ? fork() : vfork();
  if (process == 0)
    run_child(plan);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return process;
}

/// The file of a program: itself if it has a slash, else the first of its name in PATH.
std::string find_program(const process_spec& spec, const std::string& what) {
  const std::string& name = spec.argv.front();
  if (name.find('/') != std::string::npos)
    return name;
  const auto found = spec.env.find("PATH");
  std::string rest = found == spec.env.end() ? "/usr/bin:/bin" : found->second;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    const fs::path candidate = fs::path{rest.substr(0, end)} / name;
    std::error_code ignored;
    if (candidate.is_absolute() && access(candidate.c_str(), X_OK) == 0 &&
        fs::is_regular_file(candidate, ignored))
      return candidate.string();
    rest.erase(0, end + 1);
  }
  throw system_failure(what, ENOENT);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

} // namespace

child::child(const process_spec& spec, const std::function<void(pid_t)>& enter) {
  if (spec.argv.empty() || spec.argv.front().empty())
    throw failure{failure_kind::internal, "cannot run a program: it has no name"};
  const std::string what = "cannot run " + spec.argv.front();
  const std::string program = find_program(spec, what);
  std::vector<std::string> arguments = spec.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : spec.env)
    environment.push_back(name + "=" + value);
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);
  pipe_ends output = make_pipe(what);
  pipe_ends errors = make_pipe(what);
  if (fcntl(output.read.get(), F_SETFL, O_NONBLOCK) != 0)
    throw_errno(what);
  pipe_ends go = enter ? make_pipe(what) : pipe_ends{};
  process_ = start({.program = program.c_str(),
                    .directory = spec.cwd.empty() ? nullptr : spec.cwd.c_str(),
                    .arguments = argument_pointers.data(),
                    .environment = environment_pointers.data(),
                    .parent = getpid(),
                    .output = output.write.get(),
                    .errors = errors.write.get(),
                    .go = go.read.get()});
  if (process_ < 0)
    throw_errno(what);
  if (enter)
    let_go(enter, go.write);
  errors.write.close();
  output.write.close();
  output_ = std::move(output.read);
  start_error error{};
  ssize_t told = 0;
  while ((told = read(errors.read.get(), &error, sizeof error)) < 0 && errno == EINTR) {
  }
  if (told == sizeof error) {
    waitpid(process_, nullptr, 0);
    const bool in_directory = error.at == start_error::step::change_directory;
    throw system_failure(in_directory ? what + ": cannot enter " + spec.cwd.string() : what,
                         error.number);
  }
  pidfd_ = open_process(process_);
  if (!pidfd_) {
    const int number = errno;
    signal_group(SIGKILL);
    waitpid(process_, nullptr, 0);
    throw system_failure(what, number);
  }
}

void child::let_go(const std::function<void(pid_t)>& enter, const file_descriptor& go) {
  try {
    enter(process_);
  } catch (...) {
    kill(process_, SIGKILL);
    waitpid(std::exchange(process_, -1), nullptr, 0);
    throw;
  }
  const char byte = 0;
  [[maybe_unused]] const ssize_t ignored = write(go.get(), &byte, 1);
}

child::~child() {
  if (process_ < 0)
    return;
  signal_group(SIGKILL);
  finish();
}

void child::signal_group(int signal) const { kill(-process_, signal); }

int child::finish() {
  // Its number can't go to another process or group before it is reaped.
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  signal_group(SIGKILL);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  end_process_group(std::exchange(process_, -1));
  return status;
}

int child::reap() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status;
}

} // namespace troupe::host
