#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/change.hpp"
#include "messages/snap_state.hpp"

namespace troupe {

/// A refresh, a revert, or an install of a file over an installed snap, whose revision isn't current
/// yet; or one that is undone while its revision still is.
struct pending_refresh {
  std::string snap; ///< The instance name.
  change_id change;
  bool undoes = false; ///< It goes back: `to` is the revision that had been left.
  revision from;
  revision to;
  std::string from_version; ///< Of snap.yaml; empty where that isn't known.
  std::string version;      ///< Of `to`, likewise.
  std::string channel;      ///< That the snap follows afterwards; empty for a local file.
  std::optional<waits::apps_running>
      waiting{};                     ///< For whom, if running applications are what it waits for.
  std::optional<time_point> since{}; ///< When the change was planned; nothing in an undo.
  bool blocks = false;               ///< Applications of the snap can't be started meanwhile.
};

/// Those of the changes that aren't ready, in the order of the changes.
std::vector<pending_refresh> pending_refreshes(const std::vector<change_view_ptr>& changes,
                                               const std::vector<snap_state_ptr>& snaps);

/// What a snap is told of its own refresh.
struct pending_answer {
  enum class state {
    none,     ///< No other revision is known of.
    ready,    ///< One is, and no application keeps it waiting.
    inhibited ///< One is, and waits for running applications.
  };
  state pending = state::none;
  std::string channel; ///< As the others, only where one is pending.
  std::string version;
  revision rev;
};

/// What the changes say of this snap.
pending_answer pending_for(const std::string& snap, const std::vector<pending_refresh>& all);

/// As `snapctl refresh --pending` prints it, a line for each fact.
/// Source: the documentation of snapctl, refresh.
std::string pending_text(const pending_answer& answer);

} // namespace troupe
