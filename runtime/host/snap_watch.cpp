#include "runtime/host/snap_watch.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>

#include "runtime/host/cgroup2_groups.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/run_control_files.hpp"
#include "runtime/host/system_error.hpp"

namespace troupe::host {

namespace {

/// The kernel tells of the next event only once the file was read.
bool read_again(int events) {
  std::array<char, 256> text{};
  return pread(events, text.data(), text.size(), 0) > 0;
}

} // namespace

real_run_control::snap_watch::snap_watch(real_run_control& control, std::string snap,
                                         std::function<void()> changed)
    : control_{control}, snap_{std::move(snap)}, changed_{std::move(changed)} {
  if (control_.way_ == tracking::cgroup2)
    follow_group();
  control_.add(this);
  try {
    follow_processes();
  } catch (...) {
    control_.remove(this);
    throw;
  }
}

real_run_control::snap_watch::~snap_watch() {
  control_.remove(this);
  const auto calls = calls_;
  const std::lock_guard guard{calls->running};
  calls->are_over = true;
}

event_loop::callback real_run_control::snap_watch::guarded(std::function<void()> act) {
  return [calls = calls_, act = std::move(act)](std::uint32_t) {
    const std::lock_guard guard{calls->running};
    if (!calls->are_over)
      act();
  };
}

void real_run_control::snap_watch::follow_group() {
  auto* groups = dynamic_cast<cgroup2_groups*>(control_.groups_.get());
  groups->make(group_of(snap_), true);
  const auto file = groups->events_file(group_of(snap_));
  events_ = file_descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!events_ || !read_again(events_.get()))
    throw_errno("cannot follow \"" + file.string() + "\"");
  group_registered_ = control_.loop_.add(events_.get(), EPOLLPRI, guarded([this] {
                                           // The group itself has gone, and with it all of its
                                           // processes.
                                           if (!read_again(events_.get()))
                                             group_registered_.reset();
                                           notice();
                                         }));
}

// The end of each process that is known is an event too, where the group's own may be lost: an agent
// that the kernel couldn't start, a launcher that was killed. What one has forked that ends amid this is
// found by the next round.
void real_run_control::snap_watch::follow_processes() {
  constexpr int most_rounds = 5;
  for (int rounds = 0; rounds < most_rounds && !follow_members(); ++rounds)
    continue;
}

/// Returns whether all of them live.
bool real_run_control::snap_watch::follow_members() {
  auto members = control_.members(snap_);
  if (const auto keeper = control_.keeper_of(snap_))
    members.push_back(*keeper);
  auto all_live = true;
  const std::lock_guard guard{mutex_};
  for (const pid_t member : members) {
    if (member == unknown_process || processes_.contains(member))
      continue;
    process followed{open_process(member), nullptr};
    if (!followed.descriptor && errno == ESRCH) {
      all_live = false;
      continue;
    }
    if (!followed.descriptor) {
      control_.poll_from_now_on();
      return true;
    }
    followed.registered = control_.loop_.add(followed.descriptor.get(), EPOLLIN, guarded([this, member] {
                                               forget(member);
                                               notice();
                                             }));
    processes_.emplace(member, std::move(followed));
  }
  return all_live;
}

void real_run_control::snap_watch::forget(pid_t ended) {
  const std::lock_guard guard{mutex_};
  // The registration before its descriptor, as that is what it stands for.
  if (auto found = processes_.find(ended); found != processes_.end()) {
    found->second.registered.reset();
    processes_.erase(found);
  }
}

bool real_run_control::snap_watch::follows_any() {
  const std::lock_guard guard{mutex_};
  return !processes_.empty();
}

// Who is told looks at once, and again if nothing is followed afterwards: what the first look has seen
// may have ended before it could be followed.
void real_run_control::snap_watch::notice() {
  const auto calls = calls_;
  // Who is told may let this object go, and the function with it.
  const auto changed = changed_;
  const auto was_last = !follows_any();
  changed();
  if (!was_last || calls->are_over)
    return;
  try {
    follow_processes();
  } catch (const failure&) {
    // Who looks now hears of the same fault.
  }
  if (!follows_any())
    changed();
}

} // namespace troupe::host
