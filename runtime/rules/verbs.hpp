#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Whether operations with this verb are about snapshots; they leave alone what makes a snap run.
inline bool is_about_snapshots(std::string_view verb) { return verb.ends_with("-snapshot"); }

/// The kind of a change whose operations have this verb, such as install-snap or save-snapshot.
inline std::string kind_of_change(const std::string& verb) {
  return is_about_snapshots(verb) ? verb : verb + "-snap";
}

} // namespace troupe
