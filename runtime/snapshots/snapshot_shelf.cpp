#include "runtime/snapshots/snapshot_shelf.hpp"

#include <utility>

namespace troupe {

namespace {

namespace fs = std::filesystem;

class directory_shelf : public snapshot_shelf {
public:
  explicit directory_shelf(fs::path directory) : directory_{std::move(directory)} {}

  snapshot_info save(const snapshot_info& info, const snap_trees& data,
                     const snapshot_run& run) override {
    return write_snapshot(directory_, info, data, run);
  }
  snapshot_info read(const snapshot_key& key) override { return read_snapshot_info(file_of(key)); }
  void check(const snapshot_key& key, const snapshot_run& run) override {
    check_snapshot(file_of(key), key, run);
  }
  void restore(const snapshot_key& key, const restore_places& places, const snapshot_run& run) override {
    restore_snapshot(file_of(key), key, places, run);
  }
  void put_back_former(const restore_places& places) override { troupe::put_back_former(places); }
  void drop_former(const restore_places& places) override { troupe::drop_former(places); }
  std::vector<stored_snapshot> list() override { return list_snapshots(directory_); }
  std::uint64_t greatest_set() override { return greatest_snapshot_set(directory_); }
  void forget(const snapshot_key& key) override { forget_snapshot(file_of(key)); }

private:
  fs::path file_of(const snapshot_key& key) const { return snapshot_file(directory_, key); }

  fs::path directory_;
};

} // namespace

std::shared_ptr<snapshot_shelf> snapshots_in(const fs::path& directory) {
  return std::make_shared<directory_shelf>(directory);
}

} // namespace troupe
