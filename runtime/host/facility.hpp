#pragma once

#include <string>
#include <utility>
#include <vector>

namespace troupe::host {

/// What probing found out about one facility of the host, for `version --verbose`.
struct facility {
  std::string name;
  /// The back-end in use.
  std::string chosen;
  /// What is worth knowing about the chosen one, such as "forced"; may be empty.
  std::string detail;
  /// The back-ends that were tried before and the reasons why they can't be used here.
  std::vector<std::pair<std::string, std::string>> rejected;
};

} // namespace troupe::host
