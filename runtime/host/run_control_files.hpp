#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <fcntl.h>

/// The files in the run-control directory, by which the daemon and launchers tell each other what runs.
/// Only the daemon's user may write there, but for markers: launchers of all users make those in a
/// directory of their own, which is like /tmp, so that nothing may depend on them.
/// Source: the seed on refreshes while applications run.
namespace troupe::host {

/// Keeps launchers of the snap waiting while it is there.
std::filesystem::path inhibited_file(const std::filesystem::path& directory, const std::string& snap);

/// Where the markers are.
std::filesystem::path marker_directory(const std::filesystem::path& directory);

/// There while something of the snap runs: it tells of starts and, where a release agent removes it, of
/// ends.
std::filesystem::path running_file(const std::filesystem::path& directory, const std::string& snap);

/// Its bytes stand for locks, which any user may share by fcntl and only the daemon may hold alone.
std::filesystem::path lock_file_of(const std::filesystem::path& directory, const std::string& snap);

enum class lock_byte : std::uint8_t {
  start, ///< Shared by a launcher from its look at the mark to its entry into the snap's group; held
         ///< alone by the daemon while it makes sure that nothing runs.
  watch, ///< Shared by a launcher for as long as it keeps watch over what it has started.
};

/// The fcntl lock of a byte. `type`: F_RDLCK, F_WRLCK or F_UNLCK.
struct flock byte_lock(lock_byte byte, short type);

/// The snap that a file of these names is about, and which one it is.
struct run_control_name {
  std::string snap; ///< Empty: it is none of these.
  enum class kind { inhibited, running, lock } what = kind::running;
};
run_control_name run_control_name_of(const std::string& file);

/// How launchers track what they start, as the daemon has chosen at its start.
struct tracking_choice {
  std::filesystem::path
      groups;       ///< Where the groups are that they enter; empty: they keep watch themselves.
  std::string mark; ///< What tells this root's processes from those of others.
};

std::string group_of(const std::string& snap);

void write_tracking(const std::filesystem::path& directory, const tracking_choice& choice);

/// Makes a file of this program's user in place of whatever is there, and writes this text.
void write_own_file(const std::filesystem::path& file, std::string_view text);

/// Throws failure where the daemon hasn't run since the host has started.
tracking_choice read_tracking(const std::filesystem::path& directory);

} // namespace troupe::host
