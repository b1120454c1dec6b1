#include "runtime/host/kill_members.hpp"

#include <algorithm>
#include <utility>

#include "runtime/host/process_table.hpp"
#include "runtime/limits.hpp"

namespace troupe::host {

bool kill_members(const std::function<std::vector<pid_t>()>& members,
                  const std::function<void()>& after_kill) {
  const auto deadline = std::chrono::steady_clock::now() + limits::process_stop_grace;
  for (auto found = members(); !found.empty(); found = members()) {
    std::vector<file_descriptor> killed;
    for (const pid_t process : found) {
      file_descriptor opened = open_process(process);
      // Its number may have gone to another process before it was opened, so it is looked for again.
      const auto still = members();
      if (opened && std::ranges::find(still, process) != still.end() && kill_process(opened))
        killed.push_back(std::move(opened));
    }
    after_kill();
    if (wait_until_ended(killed, deadline) < killed.size() ||
        std::chrono::steady_clock::now() >= deadline)
      return members().empty();
  }
  return true;
}

} // namespace troupe::host
