#include "runtime/host/real_processes.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "runtime/host/process_table.hpp"
#include "runtime/host/spawn.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

using steady = std::chrono::steady_clock;

/// Keeps the end of a stream.
class output_tail {
public:
  output_tail(std::size_t limit, const std::function<void(std::string_view)>& on_output)
      : limit_{limit}, on_output_{on_output} {}

  void add(std::string_view piece) {
    if (on_output_)
      on_output_(piece);
    text_ += piece;
    if (text_.size() > 2 * limit_)
      cut();
  }

  void move_into(process_result& result) {
    cut();
    result.output = std::move(text_);
    result.output_truncated = truncated_;
  }

private:
  void cut() {
    if (text_.size() <= limit_)
      return;
    text_.erase(0, text_.size() - limit_);
    truncated_ = true;
  }

  std::size_t limit_;
  const std::function<void(std::string_view)>& on_output_;
  std::string text_;
  bool truncated_ = false;
};

/// One run of a program, from its start to its end.
class run_of_program {
public:
  run_of_program(const process_spec& spec, const std::function<void(std::string_view)>& on_output)
      : wake_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
        child_{spec},
        output_{child_.output()},
        tail_{spec.output_limit, on_output} {
    if (spec.time_limit > duration::zero())
      deadline_ = steady::now() + spec.time_limit;
  }

  void ask_to_stop() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = write(wake_.get(), &one, sizeof one);
  }

  process_result wait() {
    while (!has_ended())
      look_at_clock();
    const int status = child_.finish();
    drain();
    result_.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    tail_.move_into(result_);
    return std::move(result_);
  }

private:
  /// Waits for the next event and handles it.
  bool has_ended() {
    std::array<pollfd, 3> events{{{child_.pidfd(), POLLIN, 0},
                                  {output_, POLLIN, 0},
                                  {state_ == state::running ? wake_.get() : -1, POLLIN, 0}}};
    const int timeout = deadline_ == steady::time_point::max() ? -1 : poll_milliseconds(deadline_);
    if (poll(events.data(), events.size(), timeout) < 0) {
      if (errno == EINTR)
        return false;
      throw_errno("cannot wait for a program");
    }
    if (events[1].revents != 0)
      read_output();
    if (events[2].revents != 0) {
      result_.stopped = true;
      terminate();
    }
    return events[0].revents != 0;
  }

  void look_at_clock() {
    if (steady::now() < deadline_)
      return;
    if (state_ == state::running) {
      result_.timed_out = true;
      terminate();
    } else {
      child_.signal_group(SIGKILL);
      deadline_ = steady::time_point::max();
    }
  }

  void terminate() {
    child_.signal_group(SIGTERM);
    state_ = state::terminated;
    deadline_ = steady::now() + limits::process_stop_grace;
  }

  /// Reads once; returns the bytes got, 0 if there are none now.
  std::size_t read_output() {
    const ssize_t got = read(child_.output(), chunk_.data(), chunk_.size());
    if (got > 0) {
      tail_.add({chunk_.data(), static_cast<std::size_t>(got)});
      return static_cast<std::size_t>(got);
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR))
      output_ = -1;
    return 0;
  }

  /// A process that left the group may hold the pipe and go on writing: only what lies in it is read.
  void drain() {
    const int capacity = fcntl(child_.output(), F_GETPIPE_SZ);
    std::size_t left = capacity > 0 ? static_cast<std::size_t>(capacity) : 0;
    while (output_ >= 0 && left > 0) {
      const std::size_t got = read_output();
      if (got == 0)
        break;
      left -= std::min(left, got);
    }
  }

  enum class state : std::uint8_t { running, terminated };

  file_descriptor wake_;
  child child_;
  /// -1 once all writers have closed the pipe.
  int output_;
  output_tail tail_;
  state state_ = state::running;
  /// When the group gets its next signal.
  steady::time_point deadline_ = steady::time_point::max();
  std::array<char, 16U << 10> chunk_{};
  process_result result_;
};

} // namespace

process_result real_processes::run(const process_spec& spec, std::stop_token stop,
                                   std::function<void(std::string_view)> on_output) {
  if (stop.stop_requested()) {
    process_result result;
    result.stopped = true;
    return result;
  }
  run_of_program program{spec, on_output};
  const std::stop_callback on_stop{stop, [&program] { program.ask_to_stop(); }};
  return program.wait();
}

} // namespace troupe::host
