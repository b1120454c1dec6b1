#pragma once

#include <memory>

#include "runtime/host/clock.hpp"
#include "runtime/host/files.hpp"
#include "runtime/host/mounts.hpp"
#include "runtime/host/processes.hpp"

namespace troupe::host {

/// All that touches the operating system, so that a simulator can stand in for it. Each may be used
/// from any thread.
struct ports {
  std::shared_ptr<host::files> files;
  std::shared_ptr<host::mounts> mounts;
  std::shared_ptr<host::processes> processes;
  std::shared_ptr<host::clock> clock;
};

} // namespace troupe::host
