#include "tests/support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "runtime/api/owned_fd.hpp"

namespace troupe::test {

namespace {

constexpr int patience_ms = 180'000;

int memory_file() {
  auto fd = memfd_create("output", MFD_CLOEXEC);
  if (fd < 0)
    throw std::system_error{errno, std::generic_category(), "memfd_create"};
  return fd;
}

std::string content_of(int fd) {
  std::string text;
  std::array<char, 4096> piece{};
  for (off_t at = 0;;) {
    auto count = pread(fd, piece.data(), piece.size(), at);
    if (count <= 0)
      return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
    at += count;
  }
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> variables_of(const environment& env) {
  environment whole{{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                    {"LC_ALL", "C"}};
  for (const auto& [name, value] : env)
    whole[name] = value;
  std::vector<std::string> result;
  for (const auto& [name, value] : whole)
    result.push_back(name + "=" + value);
  return result;
}

} // namespace

program::program(std::vector<std::string> argv, const environment& env, const std::filesystem::path& cwd)
    : name_{argv.at(0)}, out_{memory_file()}, err_{memory_file()} {
  auto variables = variables_of(env);
  auto words = pointers_to(argv);
  auto settings = pointers_to(variables);
  pid_ = fork();
  if (pid_ < 0)
    throw std::system_error{errno, std::generic_category(), "fork"};
  if (pid_ > 0)
    return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C is for who tests, which then ends its programs in order.
  setpgid(0, 0);
  dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  dup2(out_, STDOUT_FILENO);
  dup2(err_, STDERR_FILENO);
  if (cwd.empty() || chdir(cwd.c_str()) == 0)
    execve(words.front(), words.data(), settings.data());
  _exit(127);
}

program::~program() {
  if (!reaped_) {
    kill(pid_, SIGKILL);
    reap();
  }
  close(out_);
  close(err_);
}

void program::reap() {
  while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR)
    ;
  reaped_ = true;
}

bool program::has_ended() {
  if (!reaped_ && waitpid(pid_, &status_, WNOHANG) == pid_)
    reaped_ = true;
  return reaped_;
}

void program::send_signal(int signal) const {
  if (!reaped_)
    kill(pid_, signal);
}

program_result program::wait() {
  if (!reaped_) {
    owned_fd process{static_cast<int>(syscall(SYS_pidfd_open, pid_, 0))};
    pollfd ended{process.get(), POLLIN, 0};
    auto in_time = poll(&ended, 1, patience_ms) == 1;
    if (!in_time)
      kill(pid_, SIGKILL);
    reap();
    if (!in_time)
      throw std::runtime_error{name_ + " didn't end; it said: " + content_of(out_) + content_of(err_)};
  }
  return {WIFEXITED(status_) ? WEXITSTATUS(status_) : -1, content_of(out_), content_of(err_)};
}

program_result run_program(std::vector<std::string> argv, const environment& env,
                           const std::filesystem::path& cwd) {
  return program{std::move(argv), env, cwd}.wait();
}

std::string built(const std::string& name) {
  auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
  return std::filesystem::exists(beside) ? beside.string() : std::string{TROUPE_BIN} + "/" + name;
}

} // namespace troupe::test
