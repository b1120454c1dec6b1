#pragma once

#include <string>

namespace troupe::snapshots {

/// What is wrong with a snapshot's content, without the words around it: those depend on what was done.
struct fault {
  std::string reason;
};

} // namespace troupe::snapshots
