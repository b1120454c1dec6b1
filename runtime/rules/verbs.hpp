#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Whether operations with this verb are about snapshots; they leave alone what makes a snap run.
inline bool is_about_snapshots(std::string_view verb) { return verb.ends_with("-snapshot"); }

/// Whether operations with this verb are about aliases; they too leave alone what makes a snap run.
inline bool is_about_aliases(std::string_view verb) {
  return verb == "alias" || verb == "unalias" || verb == "prefer" || verb == "yield-aliases";
}

/// The kind of a change whose operations have this verb, such as install-snap, save-snapshot or alias.
inline std::string kind_of_change(const std::string& verb) {
  if (verb == "yield-aliases")
    return "prefer";
  return is_about_snapshots(verb) || is_about_aliases(verb) ? verb : verb + "-snap";
}

} // namespace troupe
