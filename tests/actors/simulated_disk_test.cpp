#include <catch2/catch.hpp>

#include <optional>

#include "runtime/journal/database.hpp"
#include "tests/sim/simulated_disk.hpp"
#include "tests/unit/journal/samples.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

/// Lets syncs fail, or writes from some moment on.
struct broken_disk : sim::effect_watcher {
  bool syncs_fail = false;
  std::optional<int> writes_left;
  void before(std::string_view site, const std::string&) override {
    if (site == "journal_sync" ? syncs_fail : writes_left && (*writes_left)-- <= 0)
      throw failure{failure_kind::internal, "input/output error"};
  }
  void after(std::string_view, const std::string&) override {}
};

/// One task's row, which fills most of a page of the database.
journal_batch with_large_status(std::uint64_t task, task_status status) {
  auto batch = with_status(task, status);
  batch.tasks.front().memo = std::string(3000, 'a');
  return batch;
}

void commit(journal_database& journal, const std::vector<journal_batch>& batches) {
  journal.commit(batches);
}

std::vector<task_status> statuses(journal_database& journal) {
  std::vector<task_status> result;
  for (const auto& change : journal.load().changes)
    for (const auto& task : change.tasks)
      result.push_back(task.status);
  return result;
}

} // namespace

TEST_CASE("what a journal has committed survives every power cut") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    broken_disk watcher;
    sim::simulated_disk disk{watcher};
    sim::dice random{seed};
    sim::hit_counts hits;
    for (std::uint64_t id = 1; id <= 3; ++id) {
      commit(*journal_database::on_vfs(disk.vfs()), {with_change(sample_change(id, id, 1))});
      disk.cut_power(random, hits);
    }
    CHECK(journal_database::on_vfs(disk.vfs())->load().changes.size() == 3);
  }
}

TEST_CASE("what a journal has found at its start is not lost in a later power cut") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    broken_disk watcher;
    sim::simulated_disk disk{watcher};
    sim::dice random{seed};
    sim::hit_counts hits;
    {
      auto killed = journal_database::on_vfs(disk.vfs());
      watcher.syncs_fail = true;
      CHECK_THROWS_AS(commit(*killed, {with_change(sample_change(1, 1, 1))}), failure);
    }
    watcher.syncs_fail = false;
    auto found = journal_database::on_vfs(disk.vfs())->load().changes.size();
    disk.cut_power(random, hits);
    CHECK(journal_database::on_vfs(disk.vfs())->load().changes.size() == found);
  }
}

TEST_CASE("a commit that failed doesn't come to light once another daemon has committed something") {
  using enum task_status;
  for (int seed = 1; seed <= 200; ++seed) {
    broken_disk watcher;
    sim::simulated_disk disk{watcher};
    sim::dice random{static_cast<std::uint64_t>(seed)};
    sim::hit_counts hits;
    {
      auto killed = journal_database::on_vfs(disk.vfs());
      commit(*killed, {with_change(sample_change(1, 1, 2)), with_large_status(1, doing),
                       with_large_status(2, doing)});
      watcher.syncs_fail = true;
      CHECK_THROWS(commit(*killed, {with_large_status(1, done), with_large_status(2, done)}));
    }
    watcher.syncs_fail = false;
    disk.cut_power(random, hits);
    std::vector<task_status> before;
    {
      auto killed = journal_database::on_vfs(disk.vfs());
      before = statuses(*killed);
      // What it says is there already, and yet it was said.
      commit(*killed, {with_large_status(1, before[0]), with_large_status(2, before[1])});
      watcher.syncs_fail = true;
      watcher.writes_left = seed % 8;
      CHECK_THROWS(commit(*killed, {with_large_status(1, done), with_large_status(2, error)}));
    }
    watcher = {};
    auto after = statuses(*journal_database::on_vfs(disk.vfs()));
    CHECK((after == before || after == std::vector{done, error}));
  }
}
