#include <catch2/catch.hpp>

#include "runtime/journal/database.hpp"
#include "tests/sim/simulated_disk.hpp"

using namespace troupe;

namespace {

/// Lets syncs fail.
struct broken_syncs : sim::effect_watcher {
  bool broken = false;
  void before(std::string_view site, const std::string&) override {
    if (broken && site == "journal_sync")
      throw failure{failure_kind::internal, "input/output error"};
  }
  void after(std::string_view, const std::string&) override {}
};

journal_batch with_change(std::uint64_t id) {
  auto change = std::make_shared<change_record>();
  change->id = {id};
  task_record task;
  task.id = {id};
  change->tasks.push_back(task);
  journal_batch batch;
  batch.new_changes.push_back(change);
  return batch;
}

} // namespace

TEST_CASE("what a journal has committed survives every power cut") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    broken_syncs watcher;
    sim::simulated_disk disk{watcher};
    sim::dice random{seed};
    sim::hit_counts hits;
    for (std::uint64_t id = 1; id <= 3; ++id) {
      auto batch = with_change(id);
      journal_database::on_vfs(disk.vfs())->commit({&batch, 1});
      disk.cut_power(random, hits);
    }
    CHECK(journal_database::on_vfs(disk.vfs())->load().changes.size() == 3);
  }
}

TEST_CASE("what a journal has found at its start is not lost in a later power cut") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    broken_syncs watcher;
    sim::simulated_disk disk{watcher};
    sim::dice random{seed};
    sim::hit_counts hits;
    {
      auto killed = journal_database::on_vfs(disk.vfs());
      watcher.broken = true;
      auto batch = with_change(1);
      CHECK_THROWS_AS(killed->commit({&batch, 1}), failure);
    }
    watcher.broken = false;
    auto found = journal_database::on_vfs(disk.vfs())->load().changes.size();
    disk.cut_power(random, hits);
    CHECK(journal_database::on_vfs(disk.vfs())->load().changes.size() == found);
  }
}
