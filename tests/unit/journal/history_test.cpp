#include <catch2/catch.hpp>

#include <array>

#include "runtime/journal/database.hpp"
#include "samples.hpp"
#include "scratch.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

void commit(journal_database& journal, const journal_batch& batch) { journal.commit({&batch, 1}); }

} // namespace

TEST_CASE("a pruned change leaves its history and the counters") {
  scratch_directory directory;
  {
    journal_database journal{directory / "journal.db"};
    auto end = with_end(5, "cannot perform the following tasks");
    journal_batch pruned;
    pruned.pruned = {change_id{5}};
    std::array batches{with_change(sample_change(5, 50, 2, {"zebra", "ant", "zebra"})),
                       with_status(50, task_status::done), with_status(51, task_status::error), end,
                       pruned};
    journal.commit(batches);
  }
  journal_database journal{directory / "journal.db"};
  auto contents = journal.load();
  CHECK(contents.changes.empty());
  CHECK(contents.last_change == change_id{5});
  CHECK(contents.last_task == task_id{51});
  auto history = journal.history(10);
  REQUIRE(history.size() == 1);
  history_entry wanted{change_id{5},
                       "install-snap",
                       "Install \"zebra\" snap",
                       task_status::error,
                       at(5'000'000'000),
                       at(5'000'000'000),
                       "cannot perform the following tasks",
                       {"zebra", "ant"}};
  CHECK(history[0] == wanted);
}

TEST_CASE("the history of a change has the status its tasks make together") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto ended_with = [&, id = 0U](std::vector<task_status> statuses) mutable {
    ++id;
    commit(journal, with_change(sample_change(id, id * 10, statuses.size())));
    for (std::size_t i = 0; i < statuses.size(); ++i)
      commit(journal, with_status(id * 10 + i, statuses[i]));
    commit(journal, with_end(id));
    return journal.history(1).at(0).status;
  };
  CHECK(ended_with({}) == task_status::hold);
  CHECK(ended_with({task_status::done, task_status::done}) == task_status::done);
  CHECK(ended_with({task_status::hold, task_status::done}) == task_status::done);
  CHECK(ended_with({task_status::undone, task_status::error, task_status::hold}) == task_status::error);
  CHECK(ended_with({task_status::done, task_status::undone, task_status::hold}) == task_status::undone);
  CHECK(ended_with({task_status::hold}) == task_status::hold);
}

TEST_CASE("the history is read newest first, of all snaps or of one, and no more than asked for") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  for (std::uint64_t id = 1; id <= 4; ++id) {
    commit(journal, with_change(sample_change(id, id, 1, {id % 2 == 1 ? "odd" : "even", "both"})));
    if (id != 4)
      commit(journal, with_end(id));
  }
  auto ids = [](const std::vector<history_entry>& entries) {
    std::vector<std::uint64_t> result;
    for (const auto& entry : entries)
      result.push_back(entry.id.value);
    return result;
  };
  CHECK(ids(journal.history(10)) == std::vector<std::uint64_t>{3, 2, 1});
  CHECK(ids(journal.history(2)) == std::vector<std::uint64_t>{3, 2});
  CHECK(ids(journal.history(10, "odd")) == std::vector<std::uint64_t>{3, 1});
  CHECK(ids(journal.history(1, "both")) == std::vector<std::uint64_t>{3});
  CHECK(journal.history(10, "none").empty());
}

TEST_CASE("the history forgets changes that are too many changes ago") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  std::array batches{with_change(sample_change(1, 1, 1)), with_end(1),
                     with_change(sample_change(limits::history_changes_kept, 2, 1)),
                     with_end(limits::history_changes_kept)};
  journal.commit(batches);
  CHECK(journal.history(10).size() == 2);
  std::array more{with_change(sample_change(limits::history_changes_kept + 1, 3, 1)),
                  with_end(limits::history_changes_kept + 1)};
  journal.commit(more);
  CHECK(journal.history(10).size() == 2);
  CHECK(journal.history(10).at(1).id == change_id{limits::history_changes_kept});
}
