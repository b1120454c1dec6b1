#pragma once

#include <map>
#include <string>

#include "runtime/host/processes.hpp"
#include "runtime/host/service_processes.hpp"
#include "runtime/tasks/task_context.hpp"

namespace troupe {

/// What a service is started from.
struct service_origin {
  std::string snap; ///< The instance name.
  revision rev;
  snap_info_ptr info;
  std::string app;
};

/// Variables that every process of a root's services carries, so that a new daemon finds those that its
/// killed predecessor left running.
std::map<std::string, std::string> service_root_mark(const layout& paths);

/// The group of a service's processes.
std::string service_group(const std::string& snap, const std::string& app);

/// How to start a service. It finds the files of its snap's base as its root, as hooks do. Throws
/// failure where its command can't be understood.
host::service_spec service_spec_of(const task_host& host, const service_origin& from);

/// How to run its stop-, post-stop- or reload-command, which is given as snap.yaml has it.
host::process_spec service_process_of(const task_host& host, const service_origin& from,
                                      const std::string& command);

} // namespace troupe
