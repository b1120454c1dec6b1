#pragma once

#include <map>
#include <string>

#include "messages/store.hpp"

/// Changes of an index. All throw failure.
namespace troupe::store_edits {

/// The snap of that name.
store_snap& snap_in(store_index& index, const std::string& name);

/// Makes the newest release of a channel that revision, and opens the channel. Returns its whole name.
std::string release(store_snap& snap, revision rev, const std::string& channel);

/// Closes a channel, which then offers what the next less risky one does. Returns its whole name.
std::string close(store_snap& snap, const std::string& channel);

/// Replaces the snap's automatic aliases; by alias an application of one of its revisions.
void set_aliases(store_snap& snap, const std::map<std::string, std::string>& aliases);

/// 32 letters and digits, drawn at random.
std::string fresh_id();

} // namespace troupe::store_edits
