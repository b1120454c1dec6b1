#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include <sys/types.h>

#include "runtime/host/file_descriptor.hpp"

/// Processes that need not be this one's children.
namespace troupe::host {

std::vector<pid_t> all_processes();

/// Those of a session that live.
std::vector<pid_t> members_of_session(pid_t session);

/// The processes whose parents lead to this one, as far as the kernel tells (proc(5), `children`): one
/// whose parent ends meanwhile may be missing, and one that has ended may be there.
std::vector<pid_t> descendants_of(pid_t ancestor);

/// A pidfd; none if the process is gone.
file_descriptor open_process(pid_t process);

/// False if it is gone.
bool signal_process(const file_descriptor& process, int signal);
bool kill_process(const file_descriptor& process);

/// Waits until all of these pidfds' processes have ended, at most until the deadline. Returns how many
/// have.
std::size_t wait_until_ended(const std::vector<file_descriptor>& processes,
                             std::chrono::steady_clock::time_point deadline);

/// Kills what is left of a process group whose leader has been reaped, and waits until no process of it
/// lives, at most limits::process_stop_grace.
void end_process_group(pid_t group);

/// Milliseconds for poll(2) until a deadline: 0 if it has passed, rounded up else.
int poll_milliseconds(std::chrono::steady_clock::time_point deadline);

} // namespace troupe::host
