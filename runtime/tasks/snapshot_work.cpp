#include "runtime/tasks/snapshot_work.hpp"

#include <algorithm>

namespace troupe::tasks {

snapshot_key key_of(const task_context& context) {
  const auto& op = context.op();
  return {op.snapshot_set, op.snap, op.rev};
}

snapshot_run run_of(task_context& context, const std::string& label, std::uint64_t data_bytes) {
  snapshot_run run;
  run.stop = context.stop;
  run.log = [&context](const std::string& line) { context.log.push_back("INFO " + line); };
  if (data_bytes == 0 || !context.advance)
    return run;
  // Each word of it is a message, so small steps are passed over.
  constexpr std::uint64_t steps = 100;
  run.advance = [&context, label, data_bytes, next = std::uint64_t{0}](std::uint64_t done) mutable {
    if (done < next)
      return;
    next = done + data_bytes / steps;
    context.advance({label, std::min(done, data_bytes), data_bytes});
  };
  return run;
}

std::uint64_t data_bytes_of(const snapshot_info& info) {
  std::uint64_t bytes = 0;
  for (const auto& archive : info.archives)
    bytes += archive.data_bytes;
  return bytes;
}

} // namespace troupe::tasks
