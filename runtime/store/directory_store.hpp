#pragma once

#include "runtime/store/store_place.hpp"

namespace troupe {

/// A store in a directory of this host.
class directory_store final : public store_place {
public:
  explicit directory_store(std::filesystem::path directory) : directory_{std::move(directory)} {}

  std::string read_file(const std::string& file, std::size_t most, std::stop_token stop) override;
  void download(const download_source& what, const std::filesystem::path& to,
                const std::function<void(std::uint64_t)>& advance, std::stop_token stop) override;

private:
  std::filesystem::path directory_;
};

} // namespace troupe
