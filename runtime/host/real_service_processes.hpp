#pragma once

#include "runtime/host/event_loop.hpp"
#include "runtime/host/process_groups.hpp"
#include "runtime/host/service_processes.hpp"

namespace troupe::host {

/// Linux processes, watched by pidfds, pipes and sockets in one thread. Without groups, those of the
/// first process's session count as a service's.
class real_service_processes : public service_processes {
public:
  explicit real_service_processes(std::shared_ptr<process_groups> groups) : groups_{std::move(groups)} {}

  std::unique_ptr<run> start(const service_spec& spec, service_listener listener) override;

private:
  std::shared_ptr<process_groups> groups_;
  event_loop loop_;
};

} // namespace troupe::host
