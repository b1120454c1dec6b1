#pragma once

#include <memory>
#include <string>

namespace troupe {

struct system_settings; // runtime/rules: the options of the system, and who holds refreshes.
using system_settings_ptr = std::shared_ptr<const system_settings>;

/// A change of settings of the system, in the words of rules/system_settings.
struct settings_change {
  std::string kind;        ///< Of the change: configure-snap, hold-snap or unhold-snap.
  std::string summary;     ///< `Set refresh.retain`
  std::string set = "{}";  ///< A JSON object: the new values.
  std::string back = "{}"; ///< What sets those again that hold now.
};

} // namespace troupe
