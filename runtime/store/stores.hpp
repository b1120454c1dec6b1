#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "messages/store.hpp"

namespace troupe {

/// What stores offer by now.
struct store_answer {
  store_index_ptr index;           ///< Of those that could be read; never null.
  std::vector<std::string> faults; ///< Why others couldn't, a sentence each.
};

/// Through what web servers are reached; empty: as the daemon's environment says (http_proxy,
/// https_proxy, no_proxy).
struct proxy_settings {
  std::string http;  ///< A URL, for stores at http.
  std::string https; ///< A URL, for stores at https.
  std::string none;  ///< Hosts that are reached without one, with commas between them.
};

/// Where snaps come from: several stores in order. Each function blocks and may be used from any thread.
class stores {
public:
  virtual ~stores() = default;

  /// Reads all indexes anew and checks their signatures.
  virtual store_answer read() = 0;

  /// Puts an image at `to`, whole, synced and with the right digest. What came before an end or a fault
  /// is kept beside it, at partial_download(to), and the next try goes on from there.
  /// `advance` is told how many bytes are there. Throws failure: unavailable where trying again may
  /// help, insufficient_space for a full disk, else bad_request; failure_kind::internal once stopped.
  virtual void download(const download_source& what, const std::filesystem::path& to,
                        const std::function<void(std::uint64_t)>& advance, std::stop_token stop) = 0;

  /// What begins from now on takes these.
  virtual void use_proxies(proxy_settings) {}

  /// The metadata of an image that was downloaded. Throws failure where it is none.
  virtual snap_info image_info(const std::filesystem::path& image);
};

inline std::filesystem::path partial_download(const std::filesystem::path& to) {
  auto partial = to;
  return partial += ".partial";
}

} // namespace troupe
