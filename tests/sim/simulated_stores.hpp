#pragma once

#include <memory>

#include "runtime/store/stores.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// A store whose images are what the world says they are.
class simulated_stores : public stores {
public:
  explicit simulated_stores(world& w) : world_{w} {}

  store_answer read() override {
    affect(world_, "read_stores", "index", [] {});
    return {std::make_shared<const store_index>(world_.offered), {}};
  }

  void download(const download_source& what, const std::filesystem::path& to,
                const std::function<void(std::uint64_t)>& advance, std::stop_token) override {
    if (world_.watcher && world_.watcher->fails_in_part()) {
      world_.entries.insert(partial_download(to).string());
      throw failure{failure_kind::unavailable, "cannot download \"" + what.file + "\": it is cut off"};
    }
    affect(world_, "download", to, [&] {
      world_.entries.erase(partial_download(to).string());
      world_.entries.insert(to.string());
      world_.images[to.string()] = world_.published.at(what.file);
    });
    advance(what.bytes);
  }

  snap_info image_info(const std::filesystem::path& image) override {
    return *world_.images.at(image.string());
  }

private:
  world& world_;
};

} // namespace troupe::sim
