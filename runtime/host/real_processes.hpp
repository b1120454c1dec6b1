#pragma once

#include "runtime/host/processes.hpp"

namespace troupe::host {

/// Linux processes, waited for by pidfd. Has no state: any number of threads may use one.
class real_processes : public processes {
public:
  process_result run(const process_spec& spec, std::stop_token stop,
                     std::function<void(std::string_view)> on_output = {}) override;
  std::size_t kill_marked(const std::map<std::string, std::string>& marks) override;
};

} // namespace troupe::host
