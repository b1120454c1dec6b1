#include "runtime/journal/schema.hpp"

#include <array>
#include <string>

#include "runtime/journal/statement.hpp"

namespace troupe::journal {

namespace {

/// "TRPE", in the header of the file, where file(1) looks for it as well.
constexpr int application_id = 0x54525045;

/// Step n brings a database of schema n to schema n + 1. Times are nanoseconds since 1970 UTC, 0 for
/// not yet; a state of NULL stands for a snap that is gone (see row_writer::put_snap).
constexpr std::array schema_steps{R"sql(
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
  INSERT INTO counters VALUES ('change', 0), ('task', 0);
  CREATE TABLE history(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, summary TEXT NOT NULL, status TEXT NOT NULL,
    spawned_at INTEGER NOT NULL, ready_at INTEGER NOT NULL, error TEXT NOT NULL,
    snaps TEXT NOT NULL) STRICT;
)sql",
                                  R"sql(
  ALTER TABLE operations ADD COLUMN given_path TEXT NOT NULL DEFAULT '';
  ALTER TABLE operations ADD COLUMN force INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE history_snaps(
    snap TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(snap, id)) STRICT, WITHOUT ROWID;
  CREATE INDEX history_snaps_by_id ON history_snaps(id);
  INSERT INTO history_snaps SELECT DISTINCT value, history.id FROM history, json_each(history.snaps);
  CREATE TABLE notices(
    id INTEGER PRIMARY KEY, uid INTEGER, type TEXT NOT NULL, key TEXT NOT NULL,
    first_occurred INTEGER NOT NULL, last_occurred INTEGER NOT NULL, last_repeated INTEGER NOT NULL,
    occurrences INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE TABLE warnings(
    message TEXT PRIMARY KEY, first_added INTEGER NOT NULL, last_added INTEGER NOT NULL,
    last_shown INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql",
                                  R"sql(
  ALTER TABLE operations ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
)sql",
                                  R"sql(
  CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql"};

/// The history is left out: it may be long, and nothing the daemon does rests on it.
constexpr std::array checked_tables{"changes",  "operations", "tasks",    "snaps",
                                    "counters", "notices",    "warnings", "settings"};

} // namespace

const int known_schema = static_cast<int>(schema_steps.size());

void check_identity(sqlite3* db) {
  auto id = number(db, "PRAGMA application_id");
  auto schema = number(db, "PRAGMA user_version");
  if (id == 0 && schema == 0 && number(db, "SELECT count(*) FROM sqlite_schema") == 0)
    return;
  if (id != application_id)
    throw storage_fault{SQLITE_ERROR, "it belongs to another program; move the file away"};
  if (schema > known_schema)
    throw storage_fault{SQLITE_ERROR, "it was written by a newer version of troupe (schema " +
                                          std::to_string(schema) + ", this one knows " +
                                          std::to_string(known_schema) +
                                          "); install that version or move the file away"};
}

void migrate(sqlite3* db) {
  auto schema = number(db, "PRAGMA user_version");
  if (schema == known_schema)
    return;
  transaction steps{db};
  for (auto step = schema; step < known_schema; ++step)
    execute(db, schema_steps.at(static_cast<std::size_t>(step)));
  execute(db, ("PRAGMA application_id = " + std::to_string(application_id)).c_str());
  execute(db, ("PRAGMA user_version = " + std::to_string(known_schema)).c_str());
  steps.commit();
}

void check_tables(sqlite3* db) {
  for (std::string table : checked_tables) {
    statement check{db, "PRAGMA quick_check(" + table + ")"};
    while (check.step())
      if (check.text(0) != "ok")
        throw storage_fault{SQLITE_CORRUPT, "table " + table};
  }
}

} // namespace troupe::journal
