#pragma once

#include <string>

namespace troupe::host {

/// A value of /etc/os-release, or the fallback. Source: os-release(5).
std::string os_release(const std::string& key, const std::string& fallback);

} // namespace troupe::host
