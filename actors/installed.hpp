#pragma once

#include <algorithm>
#include <string>

#include "messages/actors.hpp"
#include "messages/failure.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// The snap of this name. Throws failure snap_not_found where it isn't installed.
inline const snap_state& find_installed(const snap_list& list, const std::string& name) {
  auto found = std::ranges::find_if(list, [&](const auto& state) { return state->name == name; });
  if (found == list.end())
    throw failure{failure_kind::snap_not_found, "snap \"" + name + "\" is not installed",
                  json::write(json::value(name))};
  return **found;
}

} // namespace troupe
