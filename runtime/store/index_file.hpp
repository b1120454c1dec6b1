#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/store.hpp"

namespace troupe {

/// A store's index and how often it has been changed.
struct index_document {
  std::uint64_t serial = 0; ///< Grows with each change; a lower one than was seen before is a replay.
  store_index index;
};

/// Names of the files of a store, below its directory or URL.
namespace store_file {
inline constexpr auto index = "index.json";
inline constexpr auto signature = "index.json.minisig";
inline constexpr auto images = "snaps";
} // namespace store_file

/// Reads an index, of at most limits::store_index_bytes, and checks all of it: names, ids, digests,
/// sizes, that files lie below the store, that revisions ascend and that channels name known ones.
/// `store` becomes the store of each download. Throws failure `cannot read the index of store "x": snap
/// "hello": revision 3: "size" must be …`.
index_document read_index(std::string_view text, const std::string& store);

/// Writes what read_index reads, the same text for the same index, with a line end.
std::string write_index(const index_document& document);

} // namespace troupe
