#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace troupe::test {

/// What a daemon says of an installed snap.
struct said_snap {
  std::string revision;
  bool active = true;
};

/// Compares a root with what its daemon says is installed there: every snap whole, and nothing else.
/// One line for each file, link, mount, loop device or process that is missing or too much, for each
/// snap that can't be read and each application that doesn't run. For snaps of plain_snap().
/// `images`: how the daemon shows them: kernel, squashfuse or unpacked.
std::vector<std::string> faults_of(const std::filesystem::path& root,
                                   const std::map<std::string, said_snap>& installed,
                                   const std::string& images);

/// As faults_of, but gives what is removed in the background time to go.
std::vector<std::string> lasting_faults_of(const std::filesystem::path& root,
                                           const std::map<std::string, said_snap>& installed,
                                           const std::string& images);

} // namespace troupe::test
