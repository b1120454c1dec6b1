#pragma once

#include <string>
#include <vector>

#include "runtime/api/target.hpp"

namespace troupe::cli {

/// These names as the parameter `names` of a query, after this separator; nothing where there are none.
inline std::string names_in_query(const std::vector<std::string>& names, const std::string& separator) {
  std::string result;
  for (const auto& name : names)
    result += (result.empty() ? separator + "names=" : ",") + percent_encode(name);
  return result;
}

} // namespace troupe::cli
