#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "messages/failure.hpp"

namespace troupe::host {

/// A file or directory of the host that a process is shown.
struct shown_path {
  std::filesystem::path from{};
  std::filesystem::path to{};    ///< Made where it isn't there, if what it stands in can be written to.
  bool writable = false;         ///< As far as its modes allow; else nothing in it can be changed.
  std::filesystem::path below{}; ///< Shows what is below `from` at this path, never what is outside.
  bool is_needed = false; ///< Without it nothing may start. What isn't needed is left out where missing.
  bool follows_links = true; ///< To `below`, as far as they don't lead out.
};

/// An empty directory of a process's own.
struct own_directory {
  std::filesystem::path at;
  bool is_common =
      true; ///< Programs expect everybody to write there, as in /tmp; else it is the user's.
};

// Of a base, or of the host: what a process has its programs and libraries in.
inline constexpr std::array program_folders{"bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr"};

/// The files that a process sees in place of the host's. Paths are absolute and without links in `to`.
struct root_view {
  std::filesystem::path base; ///< Whose programs and libraries are shown; "/": the host's.
  bool terminals = false;     ///< It gets terminals of its own in /dev/pts.
  std::vector<own_directory> own;
  std::vector<shown_path> shown;             ///< In this order; parents come first.
  std::vector<std::filesystem::path> hidden; ///< Of what is shown; it appears empty.
  std::vector<shown_path> within;            ///< Shown last, also in what is hidden.
  std::vector<std::pair<std::filesystem::path, std::string>> links; ///< By link its target.
};

/// The machine, or this user's rights on it, don't allow a view; the process sees what it saw before.
class view_not_allowed : public failure {
public:
  using failure::failure;
};

/// Gives this process, and what it executes, this root directory. Nothing changes for other processes.
/// For a process with one thread. Returns what couldn't be shown, with the reason. Throws
/// view_not_allowed, or failure where it went wrong half-way, so that the process has to end.
std::vector<std::string> enter_root(const root_view& view);

/// Shows more on the files that this process sees already, with a mount namespace of its own from then
/// on. As enter_root.
std::vector<std::string> show_within(const std::vector<shown_path>& within);

} // namespace troupe::host
