#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace troupe::crash {

/// All that a daemon answers for, as lines that can be compared: links and where they lead, directories,
/// files with their content, mounts, loop devices, processes of hooks and services, groups of processes
/// and launchers that wait; and of the journal the snaps' states
/// and the changes that haven't ended. It holds no times, ids, process numbers or device numbers.
using digest = std::set<std::string>;

/// The digest of a root whose daemon has nothing to do. `scratch`: a directory that a copy of the
/// journal may be put in. Throws failure where the journal can't be read.
digest digest_of(const std::filesystem::path& root, const std::filesystem::path& scratch);

/// One sentence a line that is missing, or left over.
std::vector<std::string> differences(const digest& expected, const digest& found);

/// A snap that is installed.
struct installed_snap {
  std::string revision;
  bool active = true;

  bool operator==(const installed_snap&) const = default;
};
using installed_snaps = std::map<std::string, installed_snap>;

/// What a digest grows by with these snaps of a snap_shelf. `images`: how the daemon shows them: kernel,
/// squashfuse or unpacked; `file`: where a snap's image comes from.
digest digest_of_snaps(const installed_snaps& snaps, const std::string& images,
                       const std::map<std::string, std::filesystem::path>& files);

/// The snaps whose files can't be read where they are mounted or whose application doesn't run.
std::vector<std::string> unusable(const std::filesystem::path& root, const installed_snaps& snaps);

} // namespace troupe::crash
