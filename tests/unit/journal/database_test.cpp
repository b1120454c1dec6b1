#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <functional>

#include "messages/failure.hpp"
#include "runtime/journal/database.hpp"
#include "samples.hpp"
#include "scratch.hpp"

using namespace troupe;
using namespace troupe::testing;
using Catch::Matchers::Contains;

namespace {

void commit(journal_database& journal, const journal_batch& batch) { journal.commit({&batch, 1}); }

failure failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const failure& caught) {
    return caught;
  }
  throw std::runtime_error{"it didn't fail"};
}

failure opening(const std::filesystem::path& path) {
  return failure_of([&] { journal_database{path}; });
}

void run_sql(const std::filesystem::path& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

/// Takes all that is left of a disk.
void fill_disk(const std::filesystem::path& filler) {
  auto file = open(filler.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  const std::string page(4096, 'x');
  while (write(file, page.data(), page.size()) > 0) {
  }
  close(file);
}

/// Commits until the disk is full; returns how many changes were stored before.
std::uint64_t commit_until_full(journal_database& journal, failure& last) {
  for (std::uint64_t id = 1;; ++id) {
    try {
      commit(journal, with_change(sample_change(id, id * 100, 20)));
    } catch (const failure& caught) {
      last = caught;
      return id - 1;
    }
  }
}

} // namespace

TEST_CASE("a new journal is empty and only its owner can read it") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto contents = journal.load();
  CHECK(contents.changes.empty());
  CHECK(contents.snaps.empty());
  CHECK(contents.notices.empty());
  CHECK(contents.warnings.empty());
  CHECK_FALSE(contents.last_change);
  CHECK_FALSE(contents.last_task);
  CHECK(journal.statistics() == journal_statistics{});
  commit(journal, with_change(sample_change(1, 1, 1)));
  for (const auto& entry : std::filesystem::directory_iterator{directory.path()})
    CHECK((entry.status().permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a group of batches is one commit") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  std::array batches{with_change(sample_change(1, 1, 2)), with_status(1, task_status::done),
                     with_status(2, task_status::doing), with_snap("hello", 1, 1)};
  journal.commit(batches);
  CHECK(journal.statistics().commits == 1);
  CHECK(journal.statistics().batches == 4);
  CHECK(journal.statistics().rows >= 7);
  auto change = journal.load().changes.at(0);
  CHECK(change.tasks.at(0).status == task_status::done);
  CHECK(change.tasks.at(1).status == task_status::doing);
}

TEST_CASE("a group with a batch that can't be stored leaves nothing, and the next commit works") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  {
    journal_database journal{path};
    commit(journal, with_change(sample_change(1, 1, 2)));
    auto bad =
        GENERATE(with_change(sample_change(3, 2, 1)), // Its task's id is taken.
                 with_change(sample_change(1, 80, 1)), with_status(77, task_status::done), with_end(77));
    std::array batches{with_change(sample_change(2, 10, 1)), with_status(1, task_status::done),
                       with_snap("hello", 1, 1), with_end(1), bad};
    auto caught = failure_of([&] { journal.commit(batches); });
    CHECK(caught.kind() == failure_kind::internal);
    CHECK_THAT(caught.what(),
               Contains("cannot write journal " + path.string() + ": it contradicts what is stored: "));
    CHECK(journal.statistics().commits == 1);
    CHECK_FALSE(journal.reserve_released());
    commit(journal, with_change(sample_change(4, 20, 1)));
  }
  journal_database journal{path};
  auto contents = journal.load();
  REQUIRE(contents.changes.size() == 2);
  CHECK(contents.changes[0].tasks.at(0).status == task_status::do_);
  CHECK_FALSE(is_set(contents.changes[0].ready_at));
  CHECK(contents.changes[1].id == change_id{4});
  CHECK(contents.last_task == task_id{20});
  CHECK(contents.snaps.empty());
  CHECK(journal.history(10).empty());
}

TEST_CASE("a journal of a newer version is refused and not touched") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  { journal_database journal{path}; }
  run_sql(path, "PRAGMA user_version = 999");
  auto before = bytes_of(path);
  auto caught = opening(path);
  CHECK(caught.what() ==
        "cannot open journal " + path.string() +
            ": it was written by a newer version of troupe (schema 999, this one knows 4); "
            "install that version or move the file away");
  CHECK(bytes_of(path) == before);
}

TEST_CASE("a file that isn't a database is refused and not touched") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  auto garbage = GENERATE(std::string{"hello"}, std::string(100'000, 'x'));
  write_bytes(path, garbage);
  CHECK(opening(path).what() ==
        "cannot open journal " + path.string() + ": it is not a database; move the file away");
  CHECK(bytes_of(path) == garbage);
}

TEST_CASE("another program's database is refused and not touched") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  run_sql(path, "CREATE TABLE recipes(name)");
  auto before = bytes_of(path);
  CHECK_THAT(opening(path).what(), Contains("it belongs to another program; move the file away"));
  CHECK(bytes_of(path) == before);
}

TEST_CASE("a damaged journal is refused") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  {
    journal_database journal{path};
    for (std::uint64_t id = 1; id <= 50; ++id)
      commit(journal, with_change(sample_change(id, id * 100, 20)));
  }
  SECTION("where pages are missing") { std::filesystem::resize_file(path, 40'000); }
  SECTION("where pages hold something else") {
    auto bytes = bytes_of(path);
    for (std::size_t page = 4096 * 4; page < bytes.size(); page += 4096)
      bytes.replace(page, 64, 64, '\xee');
    write_bytes(path, bytes);
  }
  CHECK_THAT(opening(path).what(), Contains("cannot open journal " + path.string() + ": it is damaged"));
}

TEST_CASE("a value that this version can't read is reported as damage") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  {
    journal_database journal{path};
    commit(journal, with_change(sample_change(1, 1, 1)));
    commit(journal, with_snap("hello", 1, 1));
  }
  auto* sql = GENERATE("UPDATE tasks SET status = 'Perhaps'", "UPDATE tasks SET waits_for = '[\"x\"]'",
                       "UPDATE tasks SET lanes = '[-1]'", "UPDATE tasks SET log = '[1]'",
                       "UPDATE tasks SET change_id = 9", "UPDATE operations SET info = '{'",
                       "UPDATE snaps SET state = '[]'",
                       "INSERT INTO notices VALUES (1, NULL, 'a', 'b', 0, 0, 0, 1, '[]')",
                       "INSERT INTO notices VALUES (1, NULL, 'a', 'b', 0, 0, 0, 1, '{\"kind\":1}')",
                       "UPDATE snaps SET state = '{\"revisions\":[3]}'");
  run_sql(path, sql);
  journal_database journal{path};
  auto caught = failure_of([&] { journal.load(); });
  CHECK_THAT(caught.what(), Contains("cannot read journal " + path.string() + ": it is damaged"));
}

TEST_CASE("a journal that another one holds open is refused") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  commit(journal, with_change(sample_change(1, 1, 1)));
  auto caught = opening(directory / "journal.db");
  CHECK(caught.kind() == failure_kind::unavailable);
  CHECK_THAT(caught.what(), Contains("another process uses it"));
  commit(journal, with_status(1, task_status::done));
}

TEST_CASE("a journal in a directory that can't be written is refused") {
  scratch_directory directory;
  auto closed = directory / "closed";
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(directory.path(), std::filesystem::perms{0755});
  std::filesystem::permissions(closed, std::filesystem::perms{0555});
  without_root unprivileged;
  auto caught = opening(closed / "journal.db");
  CHECK(caught.kind() == failure_kind::unavailable);
  CHECK(caught.what() ==
        "cannot open journal " + (closed / "journal.db").string() + ": Permission denied");
}

TEST_CASE("a journal in a directory that doesn't exist, or that is one, is refused") {
  scratch_directory directory;
  CHECK_THAT(opening(directory / "none/journal.db").what(), Contains(": No such file or directory"));
  CHECK_THAT(opening(directory.path()).what(),
             Contains("cannot open journal " + directory.path().string()));
}

TEST_CASE("a journal on a read-only disk is refused") {
  if (geteuid() != 0)
    return;
  scratch_directory directory;
  small_disk disk{directory / "disk", "8m"};
  auto path = directory / "disk/journal.db";
  { journal_database journal{path}; }
  auto read_only = MS_REMOUNT | MS_RDONLY;
  REQUIRE(mount("tmpfs", (directory / "disk").c_str(), "tmpfs", read_only, nullptr) == 0);
  CHECK(opening(path).what() == "cannot open journal " + path.string() + ": it can only be read");
  CHECK_THAT(opening(directory / "disk/other.db").what(), Contains(": Read-only file system"));
}

TEST_CASE("on a full disk a commit fails, the reserve lets the next ones through and nothing is lost") {
  if (geteuid() != 0)
    return;
  scratch_directory directory;
  small_disk disk{directory / "disk", "12m"};
  auto path = directory / "disk/journal.db";
  auto filler = directory / "disk/filler";
  std::uint64_t stored = 0;
  {
    journal_database journal{path};
    CHECK_FALSE(journal.reserve_released());
    CHECK(std::filesystem::file_size(path.string() + "-reserve") == limits::journal_reserve_bytes);
    fill_disk(filler);
    failure full{""};
    stored = commit_until_full(journal, full);
    CHECK(full.kind() == failure_kind::unavailable);
    CHECK(full.what() == "cannot write journal " + path.string() + ": disk is full");
    CHECK(journal.reserve_released());
    CHECK_FALSE(std::filesystem::exists(path.string() + "-reserve"));

    journal.restore_reserve();
    CHECK(journal.reserve_released());

    ++stored;
    commit(journal, with_change(sample_change(stored, stored * 100, 20)));
    for (std::uint64_t task = 0; task < 20; ++task)
      commit(journal, with_status(stored * 100 + task, task_status::hold));
    CHECK(journal.load().changes.size() == stored);

    std::filesystem::remove(filler);
    journal.restore_reserve();
    CHECK_FALSE(journal.reserve_released());
    CHECK(std::filesystem::file_size(path.string() + "-reserve") == limits::journal_reserve_bytes);
  }
  journal_database journal{path};
  auto contents = journal.load();
  REQUIRE(contents.changes.size() == stored);
  CHECK(contents.changes.back().tasks.size() == 20);
  CHECK(contents.changes.back().tasks.back().status == task_status::hold);
}

TEST_CASE("a journal opens on a full disk where its reserve is there or used up") {
  if (geteuid() != 0)
    return;
  scratch_directory directory;
  small_disk disk{directory / "disk", "12m"};
  auto path = directory / "disk/journal.db";
  bool used_up = GENERATE(false, true);
  {
    journal_database journal{path};
    commit(journal, with_change(sample_change(1, 1, 1)));
    commit(journal, with_snap("hello", 5, 0));
  }
  if (used_up)
    std::filesystem::remove(path.string() + "-reserve");
  {
    fill_disk(directory / "disk/filler");
    if (used_up)
      std::filesystem::resize_file(directory / "disk/filler",
                                   std::filesystem::file_size(directory / "disk/filler") - 65'536);
    journal_database journal{path};
    CHECK(journal.reserve_released());
    CHECK(journal.load().changes.size() == 1);
    commit(journal, with_status(1, task_status::hold));
  }
}

TEST_CASE("a journal can't be made on a full disk and says so") {
  if (geteuid() != 0)
    return;
  scratch_directory directory;
  small_disk disk{directory / "disk", "1m"};
  fill_disk(directory / "disk/filler");
  auto caught = opening(directory / "disk/journal.db");
  CHECK(caught.kind() == failure_kind::unavailable);
  CHECK_THAT(caught.what(), Contains("disk is full"));
}

TEST_CASE("what was committed is there when the process dies without closing the journal") {
  scratch_directory directory;
  auto path = directory / "journal.db";
  std::filesystem::create_directory(directory / "copy");
  journal_database journal{path};
  commit(journal, with_change(sample_change(1, 1, 3)));
  commit(journal, with_status(2, task_status::doing));
  for (const auto* end : {"", "-wal"})
    std::filesystem::copy_file(path.string() + end, (directory / "copy/journal.db").string() + end);
  journal_database after{directory / "copy/journal.db"};
  CHECK(after.load().changes.at(0).tasks.at(1).status == task_status::doing);
}
