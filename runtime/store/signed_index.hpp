#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "runtime/store/index_file.hpp"
#include "runtime/store/minisign.hpp"
#include "runtime/store/store_place.hpp"

namespace troupe {

/// Reads a store's index and, with a key, checks its signature; tries again for a moment, since a store
/// replaces the two files one after the other. Throws failure `cannot read the index of store "x": …`.
index_document read_signed_index(store_place& place, const std::string& store,
                                 const std::optional<minisign::public_key>& key, std::stop_token stop);

} // namespace troupe
