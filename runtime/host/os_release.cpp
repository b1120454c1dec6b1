#include "runtime/host/os_release.hpp"

#include <fstream>

namespace troupe::host {

std::string os_release(const std::string& key, const std::string& fallback) {
  std::ifstream file{"/etc/os-release"};
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key + "="))
      continue;
    auto value = line.substr(key.size() + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return fallback;
}

} // namespace troupe::host
