#include "cli/run/keeper.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/host/marked_groups.hpp"
#include "runtime/host/run_control_files.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe {

namespace {

constexpr auto what = "cannot keep watch over the application";

// What a terminal sends goes to the application by itself.
constexpr std::array of_terminal{SIGINT, SIGQUIT};
constexpr std::array passed_on{SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

pid_t application = 0;

void pass_on(int signal) {
  if (application > 0)
    kill(application, signal);
}

void end_application(int) {
  if (application > 0)
    kill(application, SIGKILL);
}

/// Who kills the process that was started means the application.
void end_application_with(pid_t launcher) {
  std::signal(SIGRTMIN, end_application);
  prctl(PR_SET_PDEATHSIG, SIGRTMIN);
  if (getppid() != launcher)
    end_application(SIGRTMIN);
}

void become_null(int descriptor) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null == descriptor)
    return;
  dup2(null, descriptor);
  close(null);
}

/// This process isn't part of the application that has started it, if one has.
void forget_own_mark() {
  for (char** entry = environ; *entry; ++entry)
    if (std::string_view{*entry}.starts_with(std::string{host::group_variable} + "="))
      std::memset(*entry, '-', std::strlen(*entry));
}

[[noreturn]] void keep(pid_t launcher, pid_t child, int report) {
  application = child;
  end_application_with(launcher);
  for (const int signal : of_terminal)
    std::signal(signal, SIG_IGN);
  for (const int signal : passed_on)
    std::signal(signal, SIG_IGN);
  std::signal(SIGTSTP, SIG_IGN);
  // Whoever reads what the application writes waits for its end, not for that of its descendants.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    become_null(stream);
  forget_own_mark();
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended == child) {
      application = 0;
      [[maybe_unused]] const auto written = write(report, &status, sizeof status);
      close(report);
    }
    if (ended < 0 && errno != EINTR)
      _exit(0);
  }
}

[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    std::signal(WTERMSIG(status), SIG_DFL);
    kill(getpid(), WTERMSIG(status));
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

[[noreturn]] void wait_for(pid_t child, int reports) {
  application = child;
  for (const int signal : of_terminal)
    std::signal(signal, SIG_IGN);
  for (const int signal : passed_on)
    std::signal(signal, pass_on);
  int status = 0;
  for (;;) {
    const auto length = read(reports, &status, sizeof status);
    if (length == sizeof status)
      end_like(status);
    if (length >= 0 || errno != EINTR)
      _exit(1);
  }
}

/// The daemon hears of it when a file of locks is closed, whoever else has it open.
void tell_daemon(const host::file_descriptor& lock) {
  const host::file_descriptor again{
      open(("/proc/self/fd/" + std::to_string(lock.get())).c_str(), O_RDONLY | O_CLOEXEC)};
}

} // namespace

// The lock for starts belongs to the open file, so that it holds whoever of them is killed; that for
// watches to the keeper alone.
void go_on_in_child(host::file_descriptor lock) {
  std::array<int, 2> reports{};
  std::array<int, 2> numbers{};
  if (pipe2(reports.data(), O_CLOEXEC) != 0 || pipe2(numbers.data(), O_CLOEXEC) != 0)
    host::throw_errno(what);
  const pid_t launcher = getpid();
  const pid_t keeper = fork();
  if (keeper < 0)
    host::throw_errno(what);
  if (keeper > 0) {
    close(reports[1]);
    close(numbers[1]);
    pid_t child = 0;
    if (read(numbers[0], &child, sizeof child) != sizeof child)
      _exit(1);
    tell_daemon(lock);
    lock.close();
    wait_for(child, reports[0]);
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  auto watch = host::byte_lock(host::lock_byte::watch, F_RDLCK);
  if (fcntl(lock.get(), F_SETLKW, &watch) != 0)
    _exit(1);
  const pid_t child = fork();
  if (child < 0)
    _exit(1);
  if (child > 0) {
    auto start = host::byte_lock(host::lock_byte::start, F_UNLCK);
    fcntl(lock.get(), F_OFD_SETLK, &start);
    [[maybe_unused]] const auto written = write(numbers[1], &child, sizeof child);
    close(numbers[1]);
    close(reports[0]);
    lock.release();
    keep(launcher, child, reports[1]);
  }
}

} // namespace troupe
