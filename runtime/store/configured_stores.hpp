#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/store/http_transfer.hpp"
#include "runtime/store/seen_serials.hpp"
#include "runtime/store/stores.hpp"
#include "runtime/store/stores_file.hpp"

namespace troupe {

/// The stores of a stores.yaml, which is read anew each time. At most limits::store_parallel_downloads
/// downloads run at a time; others wait. A download comes from the store whose index named it and from
/// no other.
class configured_stores final : public stores {
public:
  /// `file`: stores.yaml. `seen`: where it is remembered how new the indexes were.
  configured_stores(std::filesystem::path file, std::filesystem::path seen, http_patience patience = {});

  store_answer read() override;
  void download(const download_source& what, const std::filesystem::path& to,
                const std::function<void(std::uint64_t)>& advance, std::stop_token stop) override;
  void use_proxies(proxy_settings proxies) override;

private:
  store_index read_one(const store_settings& store);
  http_patience manner();

  std::filesystem::path file_;
  http_patience patience_;
  seen_serials seen_;
  std::mutex guard_;
  std::condition_variable_any slot_is_free_;
  std::size_t downloads_ = 0;
};

} // namespace troupe
