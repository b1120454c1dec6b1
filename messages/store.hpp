#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/publisher.hpp"
#include "messages/snap_state.hpp"

namespace troupe {

/// Where a revision's image can be had, and how to know that it is the right one.
struct download_source {
  std::string store;       ///< The store's name; empty: nothing has to be downloaded.
  std::string file;        ///< Path of the image below the store.
  std::uint64_t bytes = 0; ///< Its size.
  std::string sha3_384;    ///< Its digest, 96 hexadecimal digits in lower case.

  explicit operator bool() const { return !store.empty(); }
  bool operator==(const download_source&) const = default;
};

/// A revision that a store holds.
struct store_revision {
  revision rev;
  snap_info_ptr info;
  download_source source;
  time_point added_at;
};

/// What was released to a channel, and when it was closed.
struct store_channel {
  std::string name;               ///< `track/risk` or `track/risk/branch`.
  std::vector<revision> released; ///< The oldest first; the last is what it offers, unless it is closed.
  bool is_closed = false;         ///< It offers what the next less risky one of its track does.

  bool operator==(const store_channel&) const = default;
};

/// A snap as a store knows it.
struct store_snap {
  std::string name; ///< Without instance key.
  std::string id;
  troupe::publisher publisher;
  std::vector<store_revision> revisions;        ///< In ascending order.
  std::vector<store_channel> channels;          ///< By name.
  std::string declaration = "{}";               ///< JSON object: its rules for plugs and slots.
  std::map<std::string, std::string> aliases{}; ///< Its automatic ones: by alias the application.

  const store_revision* find(revision rev) const {
    for (const auto& r : revisions)
      if (r.rev == rev)
        return &r;
    return nullptr;
  }
  const store_channel* find_channel(const std::string& channel) const {
    for (const auto& c : channels)
      if (c.name == channel)
        return &c;
    return nullptr;
  }
};

/// All that one store offers, or several in their order: of snaps with one name the
/// first store's counts.
struct store_index {
  std::map<std::string, store_snap> snaps; ///< By name.
};

using store_index_ptr = std::shared_ptr<const store_index>;

} // namespace troupe
