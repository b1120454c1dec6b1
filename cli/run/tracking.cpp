#include "cli/run/tracking.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "cli/run/keeper.hpp"
#include "messages/failure.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe {

launch_tracking::launch_tracking(std::filesystem::path directory, std::string snap)
    : directory_{std::move(directory)}, snap_{std::move(snap)} {
  try {
    choice_ = host::read_tracking(directory_);
  } catch (const failure& why) {
    throw failure{"cannot run snap \"" + snap_ + "\": " + why.what()};
  }
  for (lock(); is_inhibited(); lock()) {
    lock_.close();
    wait_until_allowed();
  }
}

std::string launch_tracking::mark() const { return choice_.mark + ":" + host::group_of(snap_); }

void launch_tracking::track() {
  const auto is_member = !choice_.groups.empty() && enter_group();
  write_marker();
  if (is_member)
    // Not before the program is executed can its environment be seen.
    lock_.release();
  else
    go_on_in_child(std::move(lock_));
}

bool launch_tracking::is_inhibited() const {
  struct stat entry {};
  return lstat(host::inhibited_file(directory_, snap_).c_str(), &entry) == 0;
}

void launch_tracking::wait_until_allowed() const {
  // What belongs to the snap may be what its refresh waits for.
  if (const char* own = std::getenv("SNAP_INSTANCE_NAME"); own && own == snap_)
    throw failure{"cannot run snap \"" + snap_ +
                  "\" from within itself while it is being refreshed; try again when that is done"};
  const auto text = "snap \"" + snap_ + "\" is being refreshed; waiting until that is done";
  openlog("troupe-run", LOG_PID, LOG_USER);
  syslog(LOG_NOTICE, "%s", text.c_str());
  if (isatty(STDERR_FILENO) != 0)
    std::cerr << text << "…\n";
  const host::file_descriptor notifier{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  auto tells = notifier && inotify_add_watch(notifier.get(), directory_.c_str(),
                                             IN_DELETE | IN_MOVED_FROM | IN_ATTRIB) >= 0;
  auto patience = tells ? -1 : static_cast<int>(limits::process_poll.count());
  while (is_inhibited()) {
    pollfd waited{tells ? notifier.get() : -1, POLLIN, 0};
    poll(&waited, 1, patience);
    char events[4096];
    while (tells && read(notifier.get(), events, sizeof events) > 0)
      continue;
  }
}

void launch_tracking::lock() {
  const auto what = "cannot run snap \"" + snap_ + "\": its run-control lock";
  lock_ = host::file_descriptor{
      open(host::lock_file_of(directory_, snap_).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  auto wanted = host::byte_lock(host::lock_byte::start, F_RDLCK);
  if (!lock_ || fcntl(lock_.get(), F_OFD_SETLKW, &wanted) != 0)
    host::throw_errno(what);
}

bool launch_tracking::enter_group() const {
  const auto file = choice_.groups / host::group_of(snap_) / "cgroup.procs";
  const host::file_descriptor opened{open(file.c_str(), O_WRONLY | O_CLOEXEC)};
  return opened && write(opened.get(), "0", 1) == 1;
}

// Others may have spoilt it, and the daemon does without.
void launch_tracking::write_marker() const {
  constexpr mode_t for_all_users = 0666;
  const host::file_descriptor made{open(host::running_file(directory_, snap_).c_str(),
                                        O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                                        for_all_users)};
  if (made)
    fchmod(made.get(), for_all_users);
}

} // namespace troupe
