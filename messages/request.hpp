#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/snap_state.hpp"

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
};

/// What a user asks for: one change.
struct operation_request {
  std::vector<snap_request> snaps; ///< One lane each. At least one, each snap once.
  std::uint32_t uid = 0;           ///< Who asks.
};

} // namespace troupe
