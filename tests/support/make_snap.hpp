#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace troupe::test {

/// What a snap is made of. Files and hooks are shell scripts or data, all with mode 0755.
struct snap_source {
  std::string yaml;                         ///< meta/snap.yaml
  std::map<std::string, std::string> files; ///< Content by path in the snap.
  std::map<std::string, std::string> hooks; ///< Content by the hook's name.
};

/// A snap with one application of its own name, which prints its environment and its arguments.
snap_source plain_snap(const std::string& name, const std::string& version = "1.0");

/// A script for a hook: it creates $SNAP_COMMON/started, then goes on as soon as $SNAP_COMMON/go is
/// there.
std::string slow_hook();

void write_file(const std::filesystem::path& file, const std::string& content);
std::string read_file(const std::filesystem::path& file);

/// Writes a snap's directory; returns it.
std::filesystem::path write_snap(const std::filesystem::path& directory, const snap_source& source);

/// Writes a snap's directory into a directory and packs it there; returns the image.
std::filesystem::path make_snap(const std::filesystem::path& directory, const snap_source& source);

/// Makes an image of a directory whatever is in it, for snaps that pack would refuse.
std::filesystem::path pack_anything(const std::filesystem::path& directory,
                                    const std::filesystem::path& image);

} // namespace troupe::test
