#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/load/daemon_api.hpp"
#include "cli/load/load_model.hpp"
#include "cli/load/load_snaps.hpp"

namespace troupe::load {

/// A rule that has to hold once a load is over.
struct invariant {
  std::string rule;
  bool held = true;
  std::string detail; ///< What broke it, or what it was judged by; may be empty.
};

/// No change of a load is unready.
invariant all_changes_ready(daemon_api& daemon);

/// What the daemon lists is what the ends of the changes say.
invariant list_matches_changes(daemon_api& daemon, const load_model& model,
                               const std::vector<load_snap>& snaps);

/// The daemon knows every accepted change, with the status that it told at its end.
invariant changes_are_known(daemon_api& daemon, const std::map<std::string, seen_change>& accepted,
                            const std::vector<load_snap>& snaps);

/// Uploads in the spool of the daemon's root; none where that can't be looked at.
std::optional<std::size_t> uploads_in(const std::filesystem::path& root);

/// Removes all snaps of a load; after that nothing with their prefix is left in the daemon's list and
/// below its root: files, mounts, and more uploads than there were before. An empty root isn't looked
/// at.
invariant nothing_is_left(daemon_api& daemon, const std::filesystem::path& root,
                          std::optional<std::size_t> uploads_before);

} // namespace troupe::load
