#pragma once

#include <string>

#include "runtime/tasks/task_context.hpp"

namespace troupe::tasks {

/// The snapshot that a task's operation is about.
snapshot_key key_of(const task_context& context);

/// What a long piece of work on a snapshot tells the task, which outlives it. `data_bytes`: how much
/// there is to do; 0: nobody knows, and nothing is said of it.
snapshot_run run_of(task_context& context, const std::string& label, std::uint64_t data_bytes);

/// Of the files in all of a snapshot's archives.
std::uint64_t data_bytes_of(const snapshot_info& info);

} // namespace troupe::tasks
