#include <catch2/catch.hpp>

#include <array>

#include "runtime/journal/database.hpp"
#include "samples.hpp"
#include "scratch.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

void commit(journal_database& journal, const journal_batch& batch) { journal.commit({&batch, 1}); }

const notice for_all{3,         {},        "change-update",
                     "12",      at(1'000), at(5'000),
                     at(4'000), 17,        {{"kind", "install-snap"}, {"text", "a \"Grüße\"\n"}}};
const notice for_one{4, 4'000'000'000U, "refresh-inhibit", "-", at(1), at(2), at(3), 1, {}};
const warning unseen{"the disk of \"Grüße\" is full", at(1'000), at(2'000), {}};
const warning seen{"the clock was set back", at(1), at(2), at(3)};

} // namespace

TEST_CASE("notices and warnings come back from a reopened journal with every field") {
  scratch_directory directory;
  {
    journal_database journal{directory / "journal.db"};
    journal_batch batch;
    batch.notices = {for_one, for_all};
    batch.warnings = {unseen, seen};
    commit(journal, batch);
  }
  journal_database journal{directory / "journal.db"};
  auto contents = journal.load();
  CHECK(contents.notices == std::vector{for_all, for_one});
  CHECK(contents.warnings == std::vector{seen, unseen});
}

TEST_CASE("a new state of a notice or warning replaces the stored one") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  journal_batch first;
  first.notices = {for_all};
  first.warnings = {unseen};
  auto again = for_all;
  again.occurrences = 18;
  again.data.clear();
  auto shown = unseen;
  shown.last_shown = at(9'000);
  journal_batch second;
  second.notices = {again};
  second.warnings = {shown};
  std::array batches{first, second};
  journal.commit(batches);
  CHECK(journal.load().notices == std::vector{again});
  CHECK(journal.load().warnings == std::vector{shown});
}

TEST_CASE("expired notices and warnings are deleted, and a warning that begins anew stays") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  journal_batch batch;
  batch.notices = {for_all, for_one};
  batch.warnings = {unseen, seen};
  commit(journal, batch);
  journal_batch later;
  later.no_notices = {for_all.id, 99};
  later.no_warnings = {unseen.message, seen.message, "never stored"};
  auto anew = seen;
  anew.last_shown = {};
  later.warnings = {anew};
  commit(journal, later);
  CHECK(journal.load().notices == std::vector{for_one});
  CHECK(journal.load().warnings == std::vector{anew});
}
