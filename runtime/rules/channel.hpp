#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A channel, taken apart. Source: the snap client's words, `track/risk/branch`.
struct channel {
  std::string track = "latest";
  std::string risk = "stable"; ///< stable, candidate, beta or edge.
  std::string branch;          ///< Empty: the risk itself.

  bool operator==(const channel&) const = default;
};

/// Reads a channel in any of its forms: `beta`, `1.0`, `1.0/beta`, `beta/fix`, `1.0/beta/fix`. What
/// isn't said is `stable`, and the track `default_track`. Parts are letters, digits and `-_.`, a letter
/// or digit first, of at most limits::channel_part_bytes. Throws failure `cannot understand channel "x":
/// …`.
channel parse_channel(std::string_view text, std::string_view default_track = "latest");

/// The whole name, as in an index: `latest/stable`, `1.0/beta/fix`.
std::string to_string(const channel& which);

/// The name for people: the track `latest` is left out.
std::string short_name(const channel& which);

/// The whole names of the channels to look into, the wanted one first: a branch, its risk, and then the
/// less risky ones of the track.
std::vector<std::string> channel_fallbacks(const channel& wanted);

} // namespace troupe
