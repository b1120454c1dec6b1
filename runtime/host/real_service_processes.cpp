#include "runtime/host/real_service_processes.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <mutex>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "messages/failure.hpp"
#include "runtime/host/notify_socket.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/spawn.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

using groups_ptr = std::shared_ptr<process_groups>;

/// Which processes belong to a run, and what is done to all of them.
class crew {
public:
  crew(groups_ptr groups, std::string group) : groups_{std::move(groups)}, group_{std::move(group)} {}

  void enter(pid_t first) {
    first_ = first;
    if (!groups_)
      return;
    groups_->make(group_, false);
    groups_->enter(group_, first);
  }

  std::vector<pid_t> members() const {
    auto found = groups_ ? groups_->members(group_) : std::vector<pid_t>{};
    if (!groups_ || groups_->can_be_left())
      add_session(found);
    std::ranges::sort(found);
    const auto [end, last] = std::ranges::unique(found);
    found.erase(end, last);
    return found;
  }

  /// Their numbers may go to other processes, so each is looked at again once it is held.
  std::vector<file_descriptor> held_members() const {
    std::vector<std::pair<pid_t, file_descriptor>> opened;
    for (const pid_t process : members())
      if (auto descriptor = open_process(process))
        opened.emplace_back(process, std::move(descriptor));
    std::vector<file_descriptor> result;
    const auto still = members();
    for (auto& [process, descriptor] : opened)
      if (std::ranges::binary_search(still, process))
        result.push_back(std::move(descriptor));
    return result;
  }

  void terminate() const {
    for (const auto& process : held_members())
      signal_process(process, SIGTERM);
  }

  void kill() const {
    if (groups_ && !groups_->can_be_left()) {
      groups_->kill(group_);
      return;
    }
    const auto deadline = std::chrono::steady_clock::now() + limits::process_stop_grace;
    // What was killed may have forked just before.
    for (auto left = held_members(); !left.empty(); left = held_members()) {
      for (const auto& process : left)
        kill_process(process);
      if (wait_until_ended(left, deadline) < left.size())
        return;
    }
  }

  void forget() const {
    try {
      if (groups_)
        groups_->remove(group_);
    } catch (const failure& why) {
      spdlog::warn("{}", why.what());
    }
  }

private:
  /// Once it is empty its number may go to a session of somebody else.
  void add_session(std::vector<pid_t>& to) const {
    if (session_is_over_)
      return;
    const auto members = members_of_session(first_);
    session_is_over_ = members.empty();
    to.insert(to.end(), members.begin(), members.end());
  }

  groups_ptr groups_;
  std::string group_;
  pid_t first_ = 0;
  mutable std::atomic<bool> session_is_over_ = false;
};

class real_run : public service_processes::run {
public:
  real_run(event_loop& loop, groups_ptr groups, const service_spec& spec, service_listener listener)
      : loop_{loop}, listener_{std::move(listener)}, crew_{groups, spec.group} {
    if (spec.notifies)
      notify_.emplace();
    const std::lock_guard guard{mutex_};
    first_.emplace(process_of(spec, groups), [this](pid_t process) { crew_.enter(process); });
    pid_ = first_->pid();
    pipe_ = follow(first_->output(), [this] {
      if (!read_output())
        end_output();
    });
    if (notify_)
      said_ = follow(notify_->descriptor(), [this] { hear_notification(); });
    first_end_ = follow(first_->pidfd(), [this] { first_ended(); });
  }

  ~real_run() override {
    std::unique_lock lock{mutex_};
    is_over_ = true;
    const auto pipe = std::move(pipe_);
    const auto said = std::move(said_);
    const auto first_end = std::move(first_end_);
    const auto others = std::exchange(others_, {});
    // Their callbacks may wait for the mutex, and are waited for when these go.
    lock.unlock();
  }

  pid_t pid() const override { return pid_; }
  void terminate() override { crew_.terminate(); }
  void kill() override { crew_.kill(); }
  std::vector<pid_t> members() override { return crew_.members(); }

private:
  struct watched {
    file_descriptor process;
    std::unique_ptr<event_loop::registration> end;
  };

  template <class React>
  std::unique_ptr<event_loop::registration> follow(int descriptor, React react) {
    return loop_.add(descriptor, EPOLLIN, [this, react](std::uint32_t) {
      const std::lock_guard guard{mutex_};
      if (!is_over_)
        react();
    });
  }

  process_spec process_of(const service_spec& spec, const groups_ptr& groups) const {
    process_spec result;
    result.argv = spec.argv;
    result.env = spec.env;
    result.cwd = spec.cwd;
    if (groups)
      for (const auto& [name, value] : groups->marks(spec.group))
        result.env[name] = value;
    if (notify_)
      result.env["NOTIFY_SOCKET"] = notify_->name();
    return result;
  }

  /// Reads once; false if nothing more comes.
  bool read_output() {
    std::array<char, 16U << 10> piece{};
    const ssize_t got = ::read(first_->output(), piece.data(), piece.size());
    if (got > 0)
      listener_.on_output(pid_, {piece.data(), static_cast<std::size_t>(got)});
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
  }

  void end_output() {
    if (!std::exchange(output_ended_, true))
      listener_.on_output(pid_, {});
    pipe_.reset();
  }

  /// What lies in the pipe was written before the end that is about to be told.
  void drain() {
    if (output_ended_)
      return;
    const int capacity = fcntl(first_->output(), F_GETPIPE_SZ);
    std::array<char, 64U << 10> piece{};
    for (int read = 0; read < capacity;) {
      const ssize_t got = ::read(first_->output(), piece.data(), piece.size());
      if (got <= 0)
        return;
      listener_.on_output(pid_, {piece.data(), static_cast<std::size_t>(got)});
      read += static_cast<int>(got);
    }
  }

  void hear_notification() {
    if (notify_->read([this](pid_t sender) {
          return sender == pid_ || std::ranges::binary_search(crew_.members(), sender);
        }))
      listener_.on_event(service_events::ready{});
  }

  void first_ended() {
    if (notify_) {
      hear_notification();
      said_.reset();
    }
    drain();
    const int status = first_->reap();
    const bool are_left = watch_others();
    if (!are_left)
      all_ended();
    first_end_.reset();
    listener_.on_event(service_events::exited{WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                                              WIFSIGNALED(status) ? WTERMSIG(status) : 0, are_left});
  }

  /// Watches those that live by now; returns whether there are any.
  bool watch_others() {
    for (;;) {
      std::vector<watched> found;
      for (auto& process : crew_.held_members())
        found.push_back({std::move(process), nullptr});
      if (found.empty() && crew_.members().empty())
        return false;
      for (auto& one : found)
        one.end = follow(one.process.get(), [this] { other_ended(); });
      others_ = std::move(found);
      if (!others_.empty())
        return true;
    }
  }

  void other_ended() {
    if (watch_others())
      return;
    others_.clear();
    drain();
    all_ended();
    listener_.on_event(service_events::vacated{});
  }

  void all_ended() {
    end_output();
    crew_.forget();
  }

  event_loop& loop_;
  service_listener listener_;
  crew crew_;
  std::optional<notify_socket> notify_;
  std::mutex mutex_; ///< Held while it is made and by every callback.
  bool is_over_ = false;
  std::optional<child> first_;
  pid_t pid_ = 0;
  bool output_ended_ = false;
  std::unique_ptr<event_loop::registration> pipe_;
  std::unique_ptr<event_loop::registration> said_;
  std::unique_ptr<event_loop::registration> first_end_;
  std::vector<watched> others_;
};

} // namespace

std::unique_ptr<service_processes::run> real_service_processes::start(const service_spec& spec,
                                                                      service_listener listener) {
  return std::make_unique<real_run>(loop_, groups_, spec, std::move(listener));
}

} // namespace troupe::host
