#pragma once

#include <memory>

#include "messages/failure.hpp"
#include "runtime/snapshots/snapshot_shelf.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// Snapshots that the world keeps. A directory is an entry and what hooks have left in it, as for
/// simulated_files.
class simulated_snapshots : public snapshot_shelf {
public:
  explicit simulated_snapshots(world& w) : world_{w} {}

  snapshot_info save(const snapshot_info& info, const snap_trees& data, const snapshot_run&) override {
    auto file = file_of({info.set, info.snap, info.rev});
    affect(world_, "save_snapshot", file, [&] {
      world_.entries.insert(file);
      world_.snapshots[file] = {info, tree_at(data.revision), tree_at(data.common)};
    });
    return info;
  }

  snapshot_info read(const snapshot_key& key) override { return kept(key).info; }
  void check(const snapshot_key& key, const snapshot_run&) override { kept(key); }

  // What was set aside tells that all of it was done before.
  void restore(const snapshot_key& key, const restore_places& places, const snapshot_run&) override {
    auto saved = kept(key);
    affect(world_, "restore_snapshot", places.revision.target,
           [&] { swap_in(places.revision, saved.revision); });
    affect(world_, "restore_snapshot", places.common.target,
           [&] { swap_in(places.common, saved.common); });
  }

  void put_back_former(const restore_places& places) override {
    affect(world_, "put_back_former", places.revision.target, [&] {
      put_back(places.revision);
      put_back(places.common);
    });
  }

  void drop_former(const restore_places& places) override {
    affect(world_, "drop_former", places.revision.target, [&] {
      remove(places.revision.aside);
      remove(places.common.aside);
    });
  }

  std::vector<stored_snapshot> list() override {
    std::vector<stored_snapshot> result;
    for (const auto& [file, saved] : world_.snapshots)
      result.push_back({file, 1, saved.info, {}});
    return result;
  }

  std::uint64_t greatest_set() override {
    std::uint64_t greatest = 0;
    for (const auto& [file, saved] : world_.snapshots)
      greatest = std::max(greatest, saved.info.set);
    return greatest;
  }

  void forget(const snapshot_key& key) override {
    auto file = file_of(key);
    affect(world_, "forget_snapshot", file, [&] {
      world_.entries.erase(file);
      world_.snapshots.erase(file);
    });
  }

private:
  using path = std::filesystem::path;

  static std::string file_of(const snapshot_key& key) {
    return snapshot_file("/root/var/lib/troupe/snapshots", key).string();
  }

  const kept_snapshot& kept(const snapshot_key& key) const {
    auto found = world_.snapshots.find(file_of(key));
    if (found == world_.snapshots.end())
      throw failure{failure_kind::not_found,
                    "cannot read snapshot \"" + file_of(key) + "\": no such file"};
    return found->second;
  }

  std::optional<std::string> tree_at(const path& tree) const {
    if (!world_.entries.contains(tree.string()))
      return std::nullopt;
    auto found = world_.data.find(tree.string());
    return found == world_.data.end() ? std::string{} : found->second;
  }

  void swap_in(const restore_place& place, const std::optional<std::string>& saved) {
    auto target = place.target.string();
    auto aside = place.aside.string();
    if (!saved || world_.entries.contains(aside))
      return;
    if (world_.entries.insert(target).second)
      world_.links[aside] = "nothing-was-there";
    world_.entries.insert(aside);
    world_.data[aside] = std::exchange(world_.data[target], *saved);
  }

  void put_back(const restore_place& place) {
    auto target = place.target.string();
    auto aside = place.aside.string();
    if (!world_.entries.contains(aside))
      return;
    if (world_.links.contains(aside))
      remove(place.target);
    else
      world_.data[target] = world_.data[aside];
    remove(place.aside);
  }

  void remove(const path& tree) {
    world_.entries.erase(tree.string());
    world_.links.erase(tree.string());
    world_.data.erase(tree.string());
  }

  world& world_;
};

} // namespace troupe::sim
