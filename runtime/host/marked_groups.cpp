#include "runtime/host/marked_groups.hpp"

#include "runtime/host/kill_members.hpp"
#include "runtime/host/process_entry.hpp"
#include "runtime/host/process_table.hpp"

namespace troupe::host {

std::vector<pid_t> marked_groups::members(const std::string& group) {
  const auto wanted = mark_ + ":" + group;
  std::vector<pid_t> found;
  for (const pid_t process : all_processes())
    if (has_variable(process, group_variable, wanted))
      found.push_back(process);
  return found;
}

bool marked_groups::kill(const std::string& group) {
  return kill_members([&] { return members(group); }, [] {});
}

} // namespace troupe::host
