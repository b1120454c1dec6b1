#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The snap whose slots the system has, whether it is installed or not.
inline constexpr std::string_view system_snap = "snapd";

/// Whether users may mean the system by this name; none at all means it too.
inline bool names_system(std::string_view snap) {
  return snap.empty() || snap == system_snap || snap == "core" || snap == "system";
}

/// A plug or a slot, as SNAP:NAME.
struct endpoint_name {
  std::string snap; ///< The instance name.
  std::string name;

  auto operator<=>(const endpoint_name&) const = default;
};

inline std::string to_string(const endpoint_name& end) { return end.snap + ":" + end.name; }

/// A plug and a slot.
struct connection_ref {
  endpoint_name plug;
  endpoint_name slot;

  bool is_of(const std::string& snap) const { return plug.snap == snap || slot.snap == snap; }

  /// The snap at the other end; the same one where it is connected to itself.
  const std::string& other_than(const std::string& snap) const {
    return plug.snap == snap ? slot.snap : plug.snap;
  }
  auto operator<=>(const connection_ref&) const = default;
};

/// `player:themes gtk:themes`: the plug first.
inline std::string to_string(const connection_ref& ref) {
  return to_string(ref.plug) + " " + to_string(ref.slot);
}

/// Nothing where the text isn't what to_string writes.
inline std::optional<connection_ref> connection_ref_from_text(std::string_view text) {
  auto end_of = [](std::string_view part) -> std::optional<endpoint_name> {
    auto colon = part.find(':');
    if (colon == part.npos || colon == 0 || colon + 1 == part.size())
      return std::nullopt;
    return endpoint_name{std::string{part.substr(0, colon)}, std::string{part.substr(colon + 1)}};
  };
  auto space = text.find(' ');
  if (space == text.npos)
    return std::nullopt;
  auto plug = end_of(text.substr(0, space));
  auto slot = end_of(text.substr(space + 1));
  return plug && slot ? std::optional{connection_ref{*plug, *slot}} : std::nullopt;
}

/// What the snaps at both ends remember of their connection.
struct connection {
  std::string interface;
  bool automatic = false; ///< Nobody has asked for it by hand.
  /// It was automatic and has been disconnected by hand: it isn't there, and isn't made by itself.
  bool undesired = false;
  std::string plug_attributes = "{}"; ///< The dynamic ones, which hooks have set: a JSON object.
  std::string slot_attributes = "{}";

  bool operator==(const connection&) const = default;
};

} // namespace troupe
