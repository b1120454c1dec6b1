#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "messages/store.hpp"

namespace troupe {

/// Where one store's tree lies. Each function blocks and may be used from any thread.
class store_place {
public:
  virtual ~store_place() = default;

  /// A small file's content. Throws failure: not_found where there is none, bad_request where it has
  /// more than `most` bytes, network_timeout or unavailable where trying again may help.
  virtual std::string read_file(const std::string& file, std::size_t most, std::stop_token stop) = 0;

  /// As stores::download.
  virtual void download(const download_source& what, const std::filesystem::path& to,
                        const std::function<void(std::uint64_t)>& advance, std::stop_token stop) = 0;
};

} // namespace troupe
