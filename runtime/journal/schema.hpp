#pragma once

#include <sqlite3.h>

namespace troupe::journal {

/// The schema that this version writes.
extern const int known_schema;

/// Throws storage_fault, with a reason for the user, unless the database is empty, or is a journal
/// whose schema is known_schema or older. Writes nothing.
void check_identity(sqlite3* db);

/// Brings an empty or older database to known_schema, all steps or none.
void migrate(sqlite3* db);

/// Throws storage_fault where a table that the daemon stands on is damaged.
void check_tables(sqlite3* db);

} // namespace troupe::journal
