#pragma once

#include "runtime/store/http_transfer.hpp"
#include "runtime/store/store_place.hpp"

namespace troupe {

class arriving_image;

/// Throws failure with nothing but the reason unless a store can lie there: http or https, a host, and
/// neither user name nor query.
void check_store_url(const std::string& url);

/// A store that a web server serves as plain files.
class http_store final : public store_place {
public:
  /// `url`: one that check_store_url lets pass.
  http_store(std::string url, http_patience patience);

  /// Asks at most twice.
  std::string read_file(const std::string& file, std::size_t most, std::stop_token stop) override;

  /// Goes on where it was cut off, by a range, and asks again with growing pauses.
  void download(const download_source& what, const std::filesystem::path& to,
                const std::function<void(std::uint64_t)>& advance, std::stop_token stop) override;

private:
  void try_once(const download_source& what, arriving_image& image, std::stop_token stop) const;

  std::string url_;
  http_patience patience_;
};

} // namespace troupe
