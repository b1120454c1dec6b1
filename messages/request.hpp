#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/snap_state.hpp"
#include "messages/time.hpp"

namespace troupe {

/// What a user asks to be done to one snap.
struct snap_request {
  std::string verb;       ///< install, remove, enable or disable.
  std::string snap;       ///< The instance name.
  revision rev;           ///< remove: this revision only. 0: all.
  snap_info_ptr info;     ///< install: the metadata of the image.
  std::string image;      ///< install: the image in the spool.
  std::string given_path; ///< install: the file name the user gave, for the summary.
  snap_flags flags;
  bool purge = false;
  bool force = false; ///< disable: although other snaps run on it.
};

/// What to do where another change owns a snap. Source: design, "Claims".
enum class conflict_policy : std::uint8_t {
  fail,    ///< Refuse the request and name the owner.
  wait,    ///< Queue up, first come first served; plan once all snaps are owned.
  replace, ///< Abort the owner's lane if it only waits for applications to end, then as wait.
};

/// Whether one snap's failure undoes its neighbours in the same change.
enum class transaction : std::uint8_t {
  per_snap,  ///< A lane each.
  all_snaps, ///< One lane for all.
};

/// What a user asks for: one change.
struct operation_request {
  std::vector<snap_request> snaps; ///< At least one, each snap once, all with the same verb.
  std::uint32_t uid = 0;           ///< Who asks.
  troupe::transaction transaction = troupe::transaction::per_snap;
  conflict_policy on_conflict = conflict_policy::fail;
  std::optional<duration> wait_at_most; ///< For wait and replace; nothing: as long as it takes.
};

} // namespace troupe
