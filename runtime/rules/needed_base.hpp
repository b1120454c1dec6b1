#pragma once

#include <string>

#include "messages/snap_info.hpp"

namespace troupe {

/// The snap that this one runs on: the base it names, or core for an application that names none.
/// Empty where it runs on nothing but the host.
inline std::string needed_base(const snap_info& info) {
  if ((info.type != snap_type::app && info.type != snap_type::gadget) || info.base == "none")
    return {};
  return info.base.empty() && info.type == snap_type::app ? "core" : info.base;
}

} // namespace troupe
