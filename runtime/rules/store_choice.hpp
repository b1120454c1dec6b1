#pragma once

#include <string>

#include "messages/store.hpp"

namespace troupe {

/// Which revision of a snap somebody asks a store for.
struct store_wish {
  std::string snap;         ///< Without instance key.
  std::string channel;      ///< In any form; empty: latest/stable, or with a revision none.
  revision rev;             ///< 0: the one that the channel offers.
  std::string architecture; ///< The host's.
  std::string action;       ///< install, refresh or switch; for the error's value alone.
};

struct store_choice {
  const store_snap* snap = nullptr;         ///< Lives as long as the index.
  const store_revision* revision = nullptr; ///< Lives as long as the index.
  std::string channel;                      ///< The whole name of the wanted channel, which is tracked.
  std::string comes_from; ///< The channel that offers it; empty where a revision was named.
  std::string warning;    ///< A sentence where another channel than the wanted one offers it; or empty.
};

/// Whether a snap runs on a host of this architecture: it names it or `all`, or names none.
bool fits_architecture(const snap_info& info, const std::string& architecture);

/// Chooses a revision. A channel that is closed, has had no release, or none for the architecture,
/// offers what the next less risky one of its track does; of a channel's releases the newest that fits
/// counts. Throws failure: snap_not_found (value: the name), revision_not_available,
/// channel_not_available or architecture_not_available (value: `{snap-name, action, channel,
/// architecture, releases: [{architecture, channel}]}`; source: the snap client's contract, section
/// "Error kinds"), and bad_request for what is no channel.
store_choice choose_revision(const store_index& index, const store_wish& wish);

} // namespace troupe
