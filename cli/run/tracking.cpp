#include "cli/run/tracking.hpp"

#include <cerrno>
#include <iostream>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "cli/run/keeper.hpp"
#include "messages/failure.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

constexpr mode_t for_all_users = 0666;

/// Opens a file that all users share for writing, and makes it if nobody has yet.
host::file_descriptor open_shared(const std::filesystem::path& file) {
  constexpr int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  for (;;) {
    host::file_descriptor opened{open(file.c_str(), flags)};
    if (opened || errno != ENOENT)
      return opened;
    host::file_descriptor made{open(file.c_str(), flags | O_CREAT | O_EXCL, for_all_users)};
    if (made)
      fchmod(made.get(), for_all_users);
    if (made || errno != EEXIST)
      return made;
  }
}

} // namespace

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
  auto is_member = !choice_.groups.empty() && enter_group();
  auto marker = write_marker();
  if (!is_member)
    keep_watch(std::move(marker));
  // Not before the program is executed can its environment be seen.
  lock_.release();
}

// Any user may put a file into the directory.
bool launch_tracking::is_inhibited() const {
  struct stat owner {};
  struct stat entry {};
  return lstat(host::inhibited_file(directory_, snap_).c_str(), &entry) == 0 &&
         stat(directory_.c_str(), &owner) == 0 && entry.st_uid == owner.st_uid;
}

void launch_tracking::wait_until_allowed() const {
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
  lock_ = open_shared(host::lock_file_of(directory_, snap_));
  if (!lock_ || flock(lock_.get(), LOCK_SH) != 0)
    host::throw_errno("cannot run snap \"" + snap_ + "\": its run-control lock");
}

bool launch_tracking::enter_group() const {
  const auto file = choice_.groups / host::group_of(snap_) / "cgroup.procs";
  const host::file_descriptor opened{open(file.c_str(), O_WRONLY | O_CLOEXEC)};
  return opened && write(opened.get(), "0", 1) == 1;
}

host::file_descriptor launch_tracking::write_marker() const {
  auto marker = open_shared(host::running_file(directory_, snap_));
  if (!marker)
    host::throw_errno("cannot run snap \"" + snap_ + "\": its run-control marker");
  return marker;
}

void launch_tracking::keep_watch(host::file_descriptor marker) {
  flock(marker.get(), LOCK_SH);
  // Should this program be killed, the daemon still knows by it where to look.
  constexpr std::string_view word = "watched by a launcher\n";
  if (write(marker.get(), word.data(), word.size()) < 0)
    host::throw_errno("cannot run snap \"" + snap_ + "\": its run-control marker");
  go_on_in_child(std::move(marker), lock_.get());
}

} // namespace troupe
