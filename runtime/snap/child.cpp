#include "runtime/snap/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

constexpr std::size_t most_error_bytes = 64U << 10;

[[noreturn]] void cannot_run(const std::string& program, int error) {
  auto reason = error == ENOENT ? "it isn't installed (Debian package squashfs-tools)"
                                : std::string{std::strerror(error)};
  throw failure{failure_kind::internal, "cannot run " + program + ": " + reason};
}

/// One end of a pipe; closed with its owner.
class pipe_end {
public:
  explicit pipe_end(int fd) : fd_{fd} {}
  pipe_end(pipe_end&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  pipe_end& operator=(pipe_end&&) = delete;
  ~pipe_end() { close(); }

  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  int fd_;
};

struct pipe_pair {
  pipe_end read;
  pipe_end write;
};

pipe_pair make_pipe(const std::string& program) {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0)
    cannot_run(program, errno);
  return {pipe_end{fds[0]}, pipe_end{fds[1]}};
}

class spawn_setup {
public:
  spawn_setup(int output, int errors) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    // A daemon blocks and ignores signals that a helper should die of.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  spawn_setup(const spawn_setup&) = delete;
  spawn_setup& operator=(const spawn_setup&) = delete;
  ~spawn_setup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> c_locale_environment() {
  std::vector<std::string> result{"LC_ALL=C"};
  for (char** entry = environ; *entry; ++entry)
    if (!std::string_view{*entry}.starts_with("LC_ALL="))
      result.emplace_back(*entry);
  return result;
}

pid_t spawn(std::vector<std::string> arguments, int output, int errors) {
  auto environment = c_locale_environment();
  spawn_setup setup{output, errors};
  pid_t pid = 0;
  auto error = posix_spawnp(&pid, arguments.front().c_str(), &setup.actions, &setup.attributes,
                            pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0)
    cannot_run(arguments.front(), error);
  return pid;
}

/// Reads what is there; false at the end.
bool read_some(int fd, std::string& into) {
  std::array<char, 16384> buffer{};
  auto count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0)
    return errno == EINTR || errno == EAGAIN;
  into.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

void collect(child_result& result, pid_t pid, pipe_end& output, pipe_end& errors, std::size_t most) {
  while (output.fd() >= 0 || errors.fd() >= 0) {
    // poll passes over entries with a negative descriptor.
    std::array<pollfd, 2> ends{{{output.fd(), POLLIN, 0}, {errors.fd(), POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), -1) < 0)
      continue;
    if (ends[0].revents && !read_some(output.fd(), result.output))
      output.close();
    if (ends[1].revents && !read_some(errors.fd(), result.errors))
      errors.close();
    if (result.errors.size() > most_error_bytes)
      result.errors.resize(most_error_bytes);
    if (result.output.size() > most) {
      result.output.resize(most);
      result.is_cut = true;
      kill(pid, SIGKILL);
      return;
    }
  }
}

} // namespace

child_result run_child(const std::vector<std::string>& arguments, std::size_t most_output_bytes) {
  auto output = make_pipe(arguments.front());
  auto errors = make_pipe(arguments.front());
  auto pid = spawn(arguments, output.write.fd(), errors.write.fd());
  output.write.close();
  errors.write.close();
  child_result result;
  collect(result, pid, output.read, errors.read, most_output_bytes);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::string last_line(const child_result& result) {
  std::string_view text = result.errors;
  auto end = text.find_last_not_of(" \r\n");
  if (end == text.npos)
    return "it ended with code " + std::to_string(result.exit_code);
  text = text.substr(0, end + 1);
  auto newline = text.rfind('\n');
  return as_one_line(text.substr(newline == text.npos ? 0 : newline + 1));
}

} // namespace troupe
