#pragma once

#include <functional>
#include <string>
#include <vector>

#include "messages/store.hpp"

namespace troupe {

/// An epoch for people: `0`, `1*` or `read 1,3 write 3`. An empty list stands for {0}.
std::string to_string(const epoch& what);

/// Whether a revision with the epoch `next` can read what one with the epoch `current` wrote: a number
/// that `next` reads is one that `current` writes. An empty list stands for {0}.
/// Source: engine semantics, section 7.
bool can_follow(const epoch& next, const epoch& current);

/// Why `next` can't follow `current`, for a message: `it reads epoch 3, the data was written in epoch
/// 0`.
std::string cannot_follow(const epoch& next, const epoch& current);

/// What a refresh through epochs starts from, and where it is to end.
struct epoch_trip {
  std::string snap; ///< The instance name, for messages.
  epoch current;    ///< Of the revision that wrote the data last.
  revision target;
  std::string
      channel; ///< That the target comes from, `track/risk` or `track/risk/branch`; may be empty.
  std::string followed; ///< That the snap has followed so far; may be empty.
  /// Whether a revision may be stepped through: it fits the host, and isn't known to be bad. The target
  /// isn't asked about. Empty: any.
  std::function<bool(const store_revision&)> is_usable;
};

/// The revisions to refresh to one after the other, the target last: each reads what the one before it
/// wrote. Steps before the target are revisions that were released, closed channels included: to the
/// trip's channel, else also to those that it falls back to (the less risky of its track), else also to
/// the followed channel and those that this one falls back to. So a refresh runs no riskier revision
/// than the user has asked for or runs already. The first of these sets that has a path decides; the
/// path is a shortest one, and of those the one whose earlier steps have the greater revision numbers.
/// Throws failure where no path exists, or only longer ones than limits::epoch_steps; kind
/// revision_not_available where the store doesn't have the target.
/// Source: 004_41a05404cb0327eb.txt, #8.
std::vector<revision> epoch_steps(const epoch_trip& trip, const store_snap& from);

} // namespace troupe
