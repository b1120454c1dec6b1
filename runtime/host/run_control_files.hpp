#pragma once

#include <filesystem>
#include <string>

/// The files in the run-control directory, by which the daemon and launchers tell each other what runs.
/// Source: the seed on refreshes while applications run. Launchers of all users write there, so the
/// directory is like /tmp: everybody may add files, and remove their own.
namespace troupe::host {

/// Keeps launchers of the snap waiting while it is there.
std::filesystem::path inhibited_file(const std::filesystem::path& directory, const std::string& snap);

/// There while something of the snap runs. A launcher that keeps watch over its application by itself
/// holds a shared lock on it and has written a word into it; others leave it empty.
std::filesystem::path running_file(const std::filesystem::path& directory, const std::string& snap);

/// A launcher has it locked, shared, between its look at the first and its entry into the snap's group;
/// the daemon, exclusively, while it makes sure that nothing runs.
std::filesystem::path lock_file_of(const std::filesystem::path& directory, const std::string& snap);

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

/// Throws failure where the daemon hasn't run since the host has started.
tracking_choice read_tracking(const std::filesystem::path& directory);

} // namespace troupe::host
