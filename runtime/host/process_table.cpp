#include "runtime/host/process_table.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>

#include "runtime/host/durable.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

using steady = std::chrono::steady_clock;

struct place_of_process {
  long group = 0;
  long session = 0;
};

/// Where a process belongs; nothing for a zombie, or where there is none.
std::optional<place_of_process> place_of(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
  std::string line;
  std::getline(file, line);
  // The program's name may hold spaces and parentheses; the fields after it don't.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos)
    return std::nullopt;
  const std::string rest = line.substr(name_end + 1);
  char state = 0;
  long parent = 0;
  place_of_process place;
  if (std::sscanf(rest.c_str(), " %c %ld %ld %ld", &state, &parent, &place.group, &place.session) != 4 ||
      state == 'Z' || state == 'X')
    return std::nullopt;
  return place;
}

bool lives_in_group(pid_t process, pid_t group) {
  const auto place = place_of(process);
  return place && place->group == group;
}

std::vector<file_descriptor> living_members(pid_t group) {
  std::vector<file_descriptor> members;
  for (const pid_t process : all_processes()) {
    if (!lives_in_group(process, group))
      continue;
    file_descriptor opened = open_process(process);
    // Its number may have gone to another process before it was opened, so it is looked at again.
    if (opened && lives_in_group(process, group))
      members.push_back(std::move(opened));
  }
  return members;
}

} // namespace

std::vector<pid_t> all_processes() {
  const file_descriptor table{open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!table)
    throw_errno("cannot list processes");
  std::vector<pid_t> found;
  for (const std::string& name : names_in(table.get(), "cannot list processes")) {
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error == std::errc{} && end == name.data() + name.size())
      found.push_back(process);
  }
  return found;
}

std::vector<pid_t> members_of_session(pid_t session) {
  std::vector<pid_t> members;
  for (const pid_t process : all_processes())
    if (const auto place = place_of(process); place && place->session == session)
      members.push_back(process);
  return members;
}

std::vector<pid_t> descendants_of(pid_t ancestor) {
  std::vector<pid_t> found;
  const auto add_children = [&](pid_t of) {
    // The process may end meanwhile, which is no fault.
    std::error_code code;
    std::filesystem::directory_iterator thread{"/proc/" + std::to_string(of) + "/task", code};
    for (; !code && thread != std::filesystem::directory_iterator{}; thread.increment(code)) {
      std::ifstream children{thread->path() / "children"};
      for (pid_t child = 0; children >> child;)
        found.push_back(child);
    }
  };
  add_children(ancestor);
  for (std::size_t next = 0; next < found.size(); ++next)
    add_children(found[next]);
  return found;
}

file_descriptor open_process(pid_t process) {
  return file_descriptor{static_cast<int>(syscall(SYS_pidfd_open, process, 0))};
}

bool signal_process(const file_descriptor& process, int signal) {
  return syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

bool kill_process(const file_descriptor& process) { return signal_process(process, SIGKILL); }

std::size_t wait_until_ended(const std::vector<file_descriptor>& processes,
                             steady::time_point deadline) {
  std::vector<pollfd> waited;
  for (const file_descriptor& process : processes)
    waited.push_back({process.get(), POLLIN, 0});
  std::size_t ended = 0;
  while (ended < processes.size()) {
    const int ready = poll(waited.data(), waited.size(), poll_milliseconds(deadline));
    if (ready < 0 && errno == EINTR)
      continue;
    if (ready <= 0)
      break;
    for (pollfd& entry : waited)
      if (entry.fd >= 0 && entry.revents != 0) {
        entry.fd = -1;
        ++ended;
      }
  }
  return ended;
}

void end_process_group(pid_t group) {
  const auto deadline = steady::now() + limits::process_stop_grace;
  // A member may have forked since the last look.
  while (kill(-group, 0) == 0) {
    const auto members = living_members(group);
    for (const file_descriptor& member : members)
      kill_process(member);
    if (members.empty() || wait_until_ended(members, deadline) < members.size())
      return;
  }
}

int poll_milliseconds(steady::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

} // namespace troupe::host
