#include <catch2/catch.hpp>

#include <sqlite3.h>

#include <array>

#include "messages/failure.hpp"
#include "runtime/journal/database.hpp"
#include "samples.hpp"
#include "scratch.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

void commit(journal_database& journal, const journal_batch& batch) { journal.commit({&batch, 1}); }

/// A file as the first version of troupe left it, with a change of one operation and one task, a snap
/// and the history of a change that is pruned.
constexpr auto first_version = R"sql(
  CREATE TABLE changes(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL,
    requester_uid INTEGER NOT NULL, spawned_at INTEGER NOT NULL, ready_at INTEGER NOT NULL,
    error TEXT NOT NULL) STRICT;
  CREATE TABLE operations(
    change_id INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE, place INTEGER NOT NULL,
    verb TEXT NOT NULL, snap TEXT NOT NULL, lane INTEGER NOT NULL, revision INTEGER NOT NULL,
    info TEXT, image TEXT NOT NULL, channel TEXT NOT NULL, flags INTEGER NOT NULL,
    purge INTEGER NOT NULL, PRIMARY KEY(change_id, place)) STRICT, WITHOUT ROWID;
  CREATE TABLE tasks(
    id INTEGER PRIMARY KEY, change_id INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
    kind TEXT NOT NULL, summary TEXT NOT NULL, waits_for TEXT NOT NULL, lanes TEXT NOT NULL,
    operation INTEGER NOT NULL, setup TEXT NOT NULL, spawned_at INTEGER NOT NULL,
    status TEXT NOT NULL, waited TEXT NOT NULL, memo TEXT NOT NULL, progress_label TEXT NOT NULL,
    progress_done INTEGER NOT NULL, progress_total INTEGER NOT NULL, log TEXT NOT NULL,
    ready_at INTEGER NOT NULL) STRICT;
  CREATE INDEX tasks_of_change ON tasks(change_id);
  CREATE TABLE snaps(
    name TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE counters(
    name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE history(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, summary TEXT NOT NULL, status TEXT NOT NULL,
    spawned_at INTEGER NOT NULL, ready_at INTEGER NOT NULL, error TEXT NOT NULL,
    snaps TEXT NOT NULL) STRICT;
  INSERT INTO changes VALUES (4, 'remove-snap', 'Remove "hello" snap', '{}', 0, 1000, 0, '');
  INSERT INTO operations VALUES (4, 0, 'remove', 'hello', 1, -2, NULL, '', 'stable', 1, 1);
  INSERT INTO tasks VALUES (40, 4, 'unlink-snap', 'Unlink', '[]', '[1]', 0, '{}', 1000,
    'Doing', 'Done', '{}', '', 0, 1, '[]', 0);
  INSERT INTO snaps VALUES ('hello', 3, '{"revisions":[{"revision":-2,"installed-at":5}],'
    || '"current":-2,"active":true,"channel":"","flags":0,"config":"{}"}');
  INSERT INTO counters VALUES ('change', 4), ('task', 40);
  INSERT INTO history VALUES (3, 'install-snap', 'Install "hello" snap', 'Done', 1, 2, '', '["hello"]');
  PRAGMA application_id = 0x54525045;
  PRAGMA user_version = 1;
)sql";

void run_sql(const std::filesystem::path& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

/// Where the test works meanwhile.
class working_directory {
public:
  explicit working_directory(const std::filesystem::path& where) {
    std::filesystem::current_path(where);
  }
  working_directory(const working_directory&) = delete;
  working_directory& operator=(const working_directory&) = delete;
  ~working_directory() {
    std::error_code ignored;
    std::filesystem::current_path(before_, ignored);
  }

private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

} // namespace

TEST_CASE("a journal of the first version keeps all it holds and takes what is new") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  run_sql(path, first_version);
  {
    journal_database journal{path};
    auto contents = journal.load();
    REQUIRE(contents.changes.size() == 1);
    const auto& change = contents.changes[0];
    CHECK(change.id == change_id{4});
    CHECK(change.summary == "Remove \"hello\" snap");
    REQUIRE(change.operations.size() == 1);
    CHECK(change.operations[0].rev == revision{-2});
    CHECK(change.operations[0].flags.devmode);
    CHECK(change.operations[0].purge);
    CHECK(change.operations[0].given_path.empty());
    CHECK_FALSE(change.operations[0].force);
    REQUIRE(change.tasks.size() == 1);
    CHECK(change.tasks[0].status == task_status::doing);
    REQUIRE(contents.snaps.size() == 1);
    CHECK(contents.snaps[0]->current == revision{-2});
    CHECK(contents.notices.empty());
    CHECK(contents.warnings.empty());
    CHECK(contents.last_task == task_id{40});
    CHECK(journal.history(10, "hello").size() == 1);

    auto more = sample_change(5, 50, 1);
    more.operations[0].force = true;
    auto batch = with_change(more);
    batch.notices = {{1, {}, "change-update", "5", at(1), at(2), at(3), 1, {}}};
    batch.warnings = {{"full", at(1), at(2), {}}};
    commit(journal, batch);
  }
  journal_database journal{path};
  auto contents = journal.load();
  REQUIRE(contents.changes.size() == 2);
  CHECK(contents.changes[1].operations.at(0).force);
  CHECK(contents.notices.size() == 1);
  CHECK(contents.warnings.size() == 1);
}

TEST_CASE("a journal of the first version that can't be brought up to date is left as it was") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  run_sql(path, first_version);
  run_sql(path, "CREATE TABLE warnings(message)");
  CHECK_THROWS_AS(journal_database{path}, failure);
  run_sql(path, "DROP TABLE warnings");
  journal_database journal{path};
  CHECK(journal.load().changes.size() == 1);
}

TEST_CASE("a journal in memory keeps what is committed as long as it lives, and leaves no file") {
  scratch_directory directory;
  {
    working_directory here{directory.path()};
    auto journal = journal_database::in_memory();
    CHECK(journal->load().changes.empty());
    std::array batches{with_change(sample_change(1, 1, 2)), with_status(1, task_status::done),
                       with_snap("hello", 1, 1)};
    journal->commit(batches);
    for (int again = 0; again < 2; ++again) {
      auto contents = journal->load();
      REQUIRE(contents.changes.size() == 1);
      CHECK(contents.changes[0].tasks.at(0).status == task_status::done);
      CHECK(contents.snaps.size() == 1);
      CHECK(contents.last_task == task_id{2});
    }
    CHECK_FALSE(journal->reserve_released());
    journal->restore_reserve();
    CHECK_FALSE(journal->reserve_released());
    CHECK(std::filesystem::is_empty(directory.path()));
    CHECK_THROWS_AS(commit(*journal, with_change(sample_change(1, 9, 1))), failure);
    CHECK(journal->load().last_task == task_id{2});
    commit(*journal, with_end(1));
    CHECK(journal->history(1).size() == 1);
  }
}

TEST_CASE("journals in memory are strangers to each other") {
  auto one = journal_database::in_memory();
  auto other = journal_database::in_memory();
  commit(*one, with_change(sample_change(1, 1, 1)));
  CHECK(other->load().changes.empty());
}
