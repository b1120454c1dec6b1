#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "runtime/host/process_entry.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/real_processes.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

namespace {

using marks = std::map<std::string, std::string>;

bool is_marked(pid_t process, const marks& wanted) {
  return std::ranges::all_of(
      wanted, [&](const auto& mark) { return has_variable(process, mark.first, mark.second); });
}

std::vector<file_descriptor> kill_all(const marks& wanted) {
  std::vector<file_descriptor> killed;
  for (const pid_t process : all_processes()) {
    if (process == getpid())
      continue;
    if (!is_marked(process, wanted))
      continue;
    file_descriptor opened = open_process(process);
    // Its number may have gone to another process before it was opened, so it is looked at again.
    if (opened && is_marked(process, wanted) && kill_process(opened))
      killed.push_back(std::move(opened));
  }
  return killed;
}

} // namespace

std::size_t real_processes::kill_marked(const marks& wanted) {
  if (wanted.empty())
    return 0;
  const auto deadline = std::chrono::steady_clock::now() + limits::process_stop_grace;
  std::size_t total = 0;
  // What was killed may have forked just before.
  for (auto killed = kill_all(wanted); !killed.empty(); killed = kill_all(wanted)) {
    const std::size_t ended = wait_until_ended(killed, deadline);
    total += ended;
    if (ended < killed.size()) {
      spdlog::warn("{} killed processes have not ended yet", killed.size() - ended);
      break;
    }
  }
  return total;
}

} // namespace troupe::host
