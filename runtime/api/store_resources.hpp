#pragma once

#include "messages/store.hpp"
#include "runtime/json/json.hpp"

namespace troupe {

/// A snap that a store offers, with the revision that it offers for the asked channel, and what each of
/// its channels offers. Source of the shape: the snap client's contract, section "Snap".
json::object store_snap_resource(const store_snap& snap, const store_revision& offered,
                                 const std::string& channel);

/// Whether the words of a search stand in a snap's name, title, summary or description; letters count
/// alike in lower and upper case. No word fits every snap.
bool is_found_by(const snap_info& info, const std::string& search);

} // namespace troupe
