#include "runtime/host/real_run_control.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/marked_groups.hpp"
#include "runtime/host/process_entry.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/run_control_files.hpp"
#include "runtime/host/snap_watch.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

// Launchers and their watches close the locks.
constexpr std::uint32_t lock_events = IN_CLOSE_NOWRITE | IN_CLOSE_WRITE;
constexpr std::uint32_t marker_events = IN_DELETE | IN_CLOSE_WRITE | IN_MOVED_FROM;

/// The daemon's lock of a snap: while it holds, no launcher starts anything of it.
class start_lock {
public:
  explicit start_lock(int file) : file_{file} { is_held_ = try_to(F_WRLCK); }
  ~start_lock() {
    if (is_held_)
      try_to(F_UNLCK);
  }
  start_lock(const start_lock&) = delete;
  start_lock& operator=(const start_lock&) = delete;

  /// Otherwise a launcher holds it, or errno says what is wrong.
  bool is_held() const { return is_held_; }

private:
  bool try_to(short type) const {
    auto lock = byte_lock(lock_byte::start, type);
    return fcntl(file_, F_OFD_SETLK, &lock) == 0;
  }

  int file_;
  bool is_held_ = false;
};

std::string variable_of(const std::map<std::string, std::string>& variables, const std::string& name) {
  auto found = variables.find(name);
  return found == variables.end() ? std::string{} : found->second;
}

} // namespace

std::string_view to_word(tracking way) {
  constexpr std::array words{"cgroup2", "freezer-agent", "freezer-agent-poll", "freezer-procs",
                             "subreaper"};
  return words.at(static_cast<std::size_t>(way));
}

real_run_control::real_run_control(std::filesystem::path directory,
                                   std::shared_ptr<process_groups> groups, std::string mark,
                                   tracking way)
    : directory_{std::move(directory)},
      groups_{std::move(groups)},
      marked_{std::make_unique<marked_groups>(std::move(mark))},
      way_{way},
      polls_{way == tracking::freezer_agent_poll},
      timer_{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)},
      waker_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  take_over_processes();
  if (way_ != tracking::freezer_agent_poll)
    notifier_ = file_descriptor{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  const auto markers = marker_directory(directory_);
  if (notifier_ && inotify_add_watch(notifier_.get(), directory_.c_str(), lock_events) >= 0 &&
      inotify_add_watch(notifier_.get(), markers.c_str(), marker_events) >= 0) {
    notified_ = loop_.add(notifier_.get(), EPOLLIN, [this](std::uint32_t) { read_events(); });
  } else {
    polls_ = true;
  }
  if (!timer_ || !waker_)
    throw_errno("cannot watch applications");
  woken_ = loop_.add(waker_.get(), EPOLLIN, [this](std::uint32_t) { look_at_doubted(); });
  timed_ = loop_.add(timer_.get(), EPOLLIN, [this](std::uint32_t) {
    std::uint64_t ticks = 0;
    if (read(timer_.get(), &ticks, sizeof ticks) > 0)
      tell({});
  });
}

real_run_control::~real_run_control() {
  woken_.reset();
  timed_.reset();
  notified_.reset();
  decltype(marked_snaps_) ending;
  {
    const std::lock_guard guard{mutex_};
    ending.swap(marked_snaps_);
  }
}

// What runs since before this daemon has a mark in any case, and is in a group perhaps of another kind.
void real_run_control::take_over_processes() {
  if (groups_->can_be_left())
    return;
  for (const pid_t process : all_processes()) {
    const auto variables = environment_of(process);
    const auto mark = variables.find(group_variable);
    if (mark == variables.end())
      continue;
    const auto group = mark->second.substr(mark->second.rfind(':') + 1);
    const auto is_service = group.find('.') != group.rfind('.');
    if (is_service || marked_->marks(group).at(group_variable) != mark->second)
      continue;
    try {
      groups_->make(group, true);
      const auto members = groups_->members(group);
      if (std::ranges::find(members, process) == members.end())
        groups_->enter(group, process);
    } catch (const failure& why) {
      spdlog::warn("cannot track process {}: {}", process, why.what());
    }
  }
}

// The release agent removes it itself.
void real_run_control::watch_marker(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  if (marked_snaps_.contains(snap))
    return;
  if (!keep_true_marker(snap))
    return;
  const auto has_agent = way_ == tracking::freezer_agent || way_ == tracking::freezer_agent_poll;
  if (has_agent && !keeper_of(snap))
    return;
  marked_snaps_.emplace(
      snap, std::make_unique<snap_watch>(*this, snap, [this, snap] { marked_snap_changed(snap); }));
  // The last process may have ended before it was followed.
  keep_true_marker(snap);
}

void real_run_control::marked_snap_changed(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  const auto watched = marked_snaps_.find(snap);
  if (watched == marked_snaps_.end() || !watched->second->follows_any())
    keep_true_marker(snap);
}

bool real_run_control::keep_true_marker(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  // A launcher that is under way writes its own, unless it dies before.
  const start_lock lock{lock_of(snap)};
  if (!lock.is_held()) {
    doubtful_.insert(snap);
    return false;
  }
  if (!members(snap).empty())
    return true;
  unlink(running_file(directory_, snap).c_str());
  // The watch calls this function, whose arguments are the watch's.
  const auto ended = marked_snaps_.extract(std::string{snap});
  return false;
}

void real_run_control::open(const std::string& snap) {
  groups_->make(group_of(snap), true);
  lock_of(snap);
  // There may be a marker from before the daemon's start.
  look_soon(snap);
}

void real_run_control::close(const std::string& snap) {
  groups_->remove(group_of(snap));
  unlink(running_file(directory_, snap).c_str());
  allow(snap);
}

// The lock's file stays for as long as the host runs: a launcher may be just opening it.
int real_run_control::lock_of(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  auto& lock = locks_[snap];
  if (lock)
    return lock.get();
  const auto file = lock_file_of(directory_, snap);
  constexpr mode_t for_all_to_share = 0644;
  file_descriptor made{
      ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, for_all_to_share)};
  if (!made || fchmod(made.get(), for_all_to_share) != 0)
    throw_errno("cannot use \"" + file.string() + "\"");
  lock = std::move(made);
  return lock.get();
}

std::optional<pid_t> real_run_control::keeper_of(const std::string& snap) {
  auto lock = byte_lock(lock_byte::watch, F_WRLCK);
  if (fcntl(lock_of(snap), F_OFD_GETLK, &lock) != 0)
    throw_errno("cannot look at the lock of snap \"" + snap + "\"");
  if (lock.l_type == F_UNLCK)
    return std::nullopt;
  return std::max(lock.l_pid, unknown_process);
}

// What a launcher keeps watch over is busy for as long as the launcher says, whatever its processes make
// of their environments; those tell of what a killed one has left behind.
std::vector<pid_t> real_run_control::members(const std::string& snap) {
  auto found = groups_->can_be_left() ? std::vector<pid_t>{} : groups_->members(group_of(snap));
  const auto add = [&](const std::vector<pid_t>& others) {
    for (const pid_t process : others)
      if (std::ranges::find(found, process) == found.end())
        found.push_back(process);
  };
  if (const auto keeper = keeper_of(snap)) {
    if (*keeper != unknown_process)
      add(descendants_of(*keeper));
    if (found.empty())
      found.push_back(*keeper);
  } else {
    add(marked_->members(group_of(snap)));
  }
  return found;
}

std::vector<snap_process> real_run_control::running(const std::string& snap) {
  std::vector<snap_process> result;
  for (const pid_t process : members(snap)) {
    if (process == unknown_process) {
      result.push_back(
          {process, "unknown", "unknown, holds " + lock_file_of(directory_, snap).string(), {}, {}});
      continue;
    }
    const auto variables = environment_of(process);
    snap_process seen{process, user_of(process), command_of(process),
                      variable_of(variables, "TROUPE_APP"), variable_of(variables, "TROUPE_HOOK")};
    if (!seen.user.empty())
      result.push_back(std::move(seen));
  }
  return result;
}

std::unique_ptr<run_control::watch> real_run_control::follow(const std::string& snap,
                                                             std::function<void()> changed) {
  return std::make_unique<snap_watch>(*this, snap, std::move(changed));
}

// One that is there stays: launchers that wait would go on.
void real_run_control::inhibit(const std::string& snap) {
  const auto file = inhibited_file(directory_, snap);
  const file_descriptor made{::open(file.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644)};
  if (!made)
    throw_errno("cannot keep applications of snap \"" + snap + "\" from starting");
}

// The guard keeps the loop from giving the lock back, which is that of the whole program.
run_control::answer real_run_control::inhibit_if_vacant(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  std::vector<snap_process> found;
  {
    const start_lock lock{lock_of(snap)};
    if (!lock.is_held()) {
      if (errno != EAGAIN && errno != EACCES)
        throw_errno("cannot lock snap \"" + snap + "\"");
      return {};
    }
    if (members(snap).empty()) {
      inhibit(snap);
      return {true, {}};
    }
    found = running(snap);
  }
  // Perhaps nothing has told of them.
  look_soon(snap);
  return {false, std::move(found)};
}

void real_run_control::allow(const std::string& snap) {
  if (unlink(inhibited_file(directory_, snap).c_str()) != 0 && errno != ENOENT)
    throw_errno("cannot let applications of snap \"" + snap + "\" start");
}

std::vector<std::string> real_run_control::inhibited() {
  std::vector<std::string> snaps;
  for (const auto& entry : std::filesystem::directory_iterator{directory_}) {
    auto name = run_control_name_of(entry.path().filename());
    if (!name.snap.empty() && name.what == run_control_name::kind::inhibited)
      snaps.push_back(std::move(name.snap));
  }
  std::ranges::sort(snaps);
  return snaps;
}

// --- events -----------------------------------------------------------------------------------------

void real_run_control::read_events() {
  alignas(inotify_event) std::array<char, 64U << 10> buffer{};
  for (;;) {
    const auto length = read(notifier_.get(), buffer.data(), buffer.size());
    if (length <= 0)
      return;
    // Many events of a file that come together are one piece of news.
    std::map<std::string, std::uint32_t> news;
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += sizeof(inotify_event) + event->len;
      // Where the queue was too short, any of them may have been lost.
      if ((event->mask & IN_Q_OVERFLOW) != 0)
        tell({});
      else if (event->len > 0)
        news[event->name] |= event->mask;
    }
    for (const auto& [file, events] : news)
      notice(file, events);
  }
}

void real_run_control::notice(const std::string& file, std::uint32_t events) {
  const auto name = run_control_name_of(file);
  // Any user may make files for snaps that aren't there.
  if (name.snap.empty() || !is_open(name.snap))
    return;
  using kind = run_control_name::kind;
  tell(name.snap);
  const auto was_closed = (events & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)) != 0;
  if (was_closed && (name.what == kind::running || (name.what == kind::lock && is_doubtful(name.snap))))
    try_to_watch_marker(name.snap);
}

void real_run_control::try_to_watch_marker(const std::string& snap) {
  try {
    watch_marker(snap);
  } catch (const failure& why) {
    spdlog::warn("{}", why.what());
  }
}

// Only the loop lets go of watches: whoever else did it under the lock might wait for one that wants
// that.
void real_run_control::look_soon(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  to_look_at_.insert(snap);
  constexpr std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(waker_.get(), &one, sizeof one);
}

void real_run_control::look_at_doubted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto length = read(waker_.get(), &count, sizeof count);
  std::set<std::string> snaps;
  {
    const std::lock_guard guard{mutex_};
    snaps.swap(to_look_at_);
  }
  for (const auto& snap : snaps) {
    tell(snap);
    std::error_code code;
    if (std::filesystem::exists(running_file(directory_, snap), code))
      try_to_watch_marker(snap);
  }
}

bool real_run_control::is_open(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  return locks_.contains(snap);
}

bool real_run_control::is_doubtful(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  return doubtful_.erase(snap) > 0;
}

void real_run_control::tell(const std::string& snap) {
  const std::lock_guard guard{mutex_};
  // A follower may go when it is told.
  const std::vector<snap_watch*> told{followers_.begin(), followers_.end()};
  for (auto* follower : told)
    if (snap.empty() || follower->snap() == snap)
      follower->notice();
}

void real_run_control::add(snap_watch* follower) {
  const std::lock_guard guard{mutex_};
  followers_.insert(follower);
  set_timer(polls_);
}

void real_run_control::remove(snap_watch* follower) {
  const std::lock_guard guard{mutex_};
  followers_.erase(follower);
  set_timer(polls_ && !followers_.empty());
}

void real_run_control::poll_from_now_on() {
  polls_ = true;
  set_timer(true);
}

void real_run_control::set_timer(bool runs) {
  itimerspec period{};
  if (runs)
    period.it_value.tv_nsec = period.it_interval.tv_nsec =
        std::chrono::nanoseconds{limits::process_poll}.count();
  timerfd_settime(timer_.get(), 0, &period, nullptr);
}

} // namespace troupe::host
