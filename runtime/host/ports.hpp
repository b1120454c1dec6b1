#pragma once

#include <memory>

#include "runtime/host/clock.hpp"
#include "runtime/host/files.hpp"
#include "runtime/host/mounts.hpp"
#include "runtime/host/process_groups.hpp"
#include "runtime/host/processes.hpp"
#include "runtime/host/run_control.hpp"
#include "runtime/host/service_processes.hpp"
#include "runtime/host/shutdown_inhibitor.hpp"

namespace troupe::host {

/// All that touches the operating system, so that a simulator can stand in for it. Each may be used
/// from any thread.
struct ports {
  std::shared_ptr<host::files> files;
  std::shared_ptr<host::mounts> mounts;
  std::shared_ptr<host::processes> processes;
  std::shared_ptr<host::clock> clock;
  std::shared_ptr<host::run_control> run_control{};
  std::shared_ptr<host::process_groups> groups{};
  std::shared_ptr<host::service_processes> services{};
  std::shared_ptr<host::shutdown_inhibitor> shutdown{};
};

} // namespace troupe::host
