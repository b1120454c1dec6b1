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

/// Whether operations with this verb are about services of a snap that stays as it is.
inline bool is_about_services(std::string_view verb) { return verb.ends_with("-services"); }

/// Whether operations with this verb connect or disconnect plugs and slots.
inline bool is_about_connections(std::string_view verb) {
  return verb == "connect" || verb == "disconnect";
}

/// Whether operations with this verb can put another revision in place of one whose applications run.
inline bool may_replace_revision(std::string_view verb) {
  return verb == "install" || verb == "refresh" || verb == "revert";
}

/// The kind of a change whose operations have this verb, such as install-snap, save-snapshot or alias.
inline std::string kind_of_change(const std::string& verb) {
  if (is_about_services(verb))
    return "service-control";
  if (verb == "yield-aliases")
    return "prefer";
  return is_about_snapshots(verb) || is_about_aliases(verb) ? verb : verb + "-snap";
}

} // namespace troupe
