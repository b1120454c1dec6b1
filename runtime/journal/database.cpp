#include "runtime/journal/database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "messages/failure.hpp"
#include "runtime/journal/disk_reserve.hpp"
#include "runtime/journal/rows.hpp"
#include "runtime/journal/schema.hpp"

namespace troupe {

namespace {

using journal::storage_fault;

struct closer {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using handle = std::unique_ptr<sqlite3, closer>;

bool is_disk_full(const storage_fault& fault) {
  return fault.code() == SQLITE_FULL || fault.os_error() == ENOSPC || fault.os_error() == EDQUOT;
}

std::string reason_of(const storage_fault& fault) {
  if (is_disk_full(fault))
    return "disk is full";
  std::string os_reason = fault.os_error() != 0 ? std::strerror(fault.os_error()) : fault.what();
  switch (fault.code()) {
  case SQLITE_IOERR:
    return "input/output error: " + os_reason;
  case SQLITE_CANTOPEN:
    return os_reason;
  case SQLITE_READONLY:
    return "it can only be read";
  case SQLITE_BUSY:
    return "another process uses it";
  case SQLITE_NOTADB:
    return "it is not a database; move the file away";
  case SQLITE_CORRUPT:
    return std::string{"it is damaged ("} + fault.what() + "); restore it from a copy or move it away";
  case SQLITE_CONSTRAINT:
    return std::string{"it contradicts what is stored: "} + fault.what();
  default:
    return fault.what();
  }
}

failure_kind kind_of(const storage_fault& fault) {
  switch (fault.code()) {
  case SQLITE_FULL:
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
  case SQLITE_READONLY:
  case SQLITE_BUSY:
    return failure_kind::unavailable;
  default:
    return failure_kind::internal;
  }
}

failure in_words(const std::string& verb, const std::filesystem::path& path,
                 const storage_fault& fault) {
  return {kind_of(fault), "cannot " + verb + " journal " + path.string() + ": " + reason_of(fault)};
}

/// SQLite would make the file with the mode that the umask leaves, and wouldn't sync its directory.
void make_file(const std::filesystem::path& path) {
  auto file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST)
    return;
  if (file < 0)
    throw storage_fault{SQLITE_CANTOPEN, "not made", errno};
  close(file);
  auto directory = open(path.has_parent_path() ? path.parent_path().c_str() : ".",
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    fsync(directory);
    close(directory);
  }
}

handle open_connection(const char* name, int more_flags = 0, const char* vfs = nullptr) {
  sqlite3* made = nullptr;
  auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | more_flags;
  auto code = sqlite3_open_v2(name, &made, flags, vfs);
  handle db{made};
  if (code != SQLITE_OK)
    throw storage_fault{made};
  return db;
}

/// Keeps others out.
handle hold(handle db) {
  if (sqlite3_db_readonly(db.get(), "main") == 1)
    throw storage_fault{SQLITE_READONLY, "read-only"};
  // Has to come before the first look into the file: then the log's index stays in this process's memory
  // and not in a third file, and a second process is kept out.
  journal::execute(db.get(), "PRAGMA locking_mode = EXCLUSIVE");
  return db;
}

handle open_file(const std::filesystem::path& path) {
  make_file(path);
  return hold(open_connection(path.c_str()));
}

/// What a killed process has written is read as committed, and acted on, but may not be on the disk yet.
void sync_log(sqlite3* db) {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log && log->pMethods && log->pMethods->xSync(log, SQLITE_SYNC_FULL) != SQLITE_OK)
    throw storage_fault{SQLITE_IOERR, "its log can't be synced", errno};
}

void prepare(sqlite3* db) {
  journal::check_identity(db);
  // Debian's SQLite overwrites what is deleted; only the owner can read the file, so that would be
  // waste.
  journal::execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                       "PRAGMA secure_delete = OFF; PRAGMA cache_size = -8192");
  journal::migrate(db);
  journal::check_tables(db);
  sync_log(db);
}

template <class Work>
auto opening(const std::filesystem::path& path, Work work) {
  try {
    return work();
  } catch (const storage_fault& fault) {
    throw in_words("open", path, fault);
  }
}

/// Makes the first commit after each opening unlike any before it: SQLite writes nothing where nothing
/// changes, and what an earlier process has failed to commit could then come to light behind a later
/// write that begins alike.
void mark_opening(sqlite3* db) {
  journal::execute(db, "INSERT OR REPLACE INTO counters VALUES ('opening', random())");
}

/// Puts what went wrong with the text in a row, or with SQLite, into one failure.
template <class Work>
auto reading(const std::filesystem::path& path, Work work) {
  try {
    return work();
  } catch (const storage_fault& fault) {
    throw in_words("read", path, fault);
  } catch (const std::exception& error) {
    throw in_words("read", path, storage_fault{SQLITE_CORRUPT, error.what()});
  }
}

} // namespace

struct journal_database::storage {
  storage(const std::filesystem::path& path, std::uint64_t reserve_bytes)
      : db{open_file(path)}, reserve{open_reserve(path, reserve_bytes)}, writer{db.get()} {}
  explicit storage(handle opened) : db{std::move(opened)}, writer{prepared(db.get())} {}

  static sqlite3* prepared(sqlite3* db) {
    prepare(db);
    journal::forget_gone_snaps(db);
    return db;
  }

  journal::disk_reserve open_reserve(const std::filesystem::path& path, std::uint64_t bytes) const {
    prepare(db.get());
    journal::disk_reserve made{path.string() + "-reserve", bytes};
    try {
      journal::forget_gone_snaps(db.get());
    } catch (const storage_fault& fault) {
      if (!is_disk_full(fault))
        throw;
      made.release();
      journal::forget_gone_snaps(db.get());
    }
    return made;
  }

  handle db;
  std::optional<journal::disk_reserve> reserve; ///< Only beside a file of the host.
  journal::row_writer writer;
};

journal_database::journal_database(std::filesystem::path path, std::uint64_t reserve_bytes)
    : path_{std::move(path)}, storage_{opening(path_, [&] {
        return std::make_unique<storage>(path_, reserve_bytes);
      })} {}

journal_database::journal_database(std::filesystem::path path, std::unique_ptr<storage> opened)
    : path_{std::move(path)}, storage_{std::move(opened)} {}

std::shared_ptr<journal_database> journal_database::in_memory() {
  const std::filesystem::path name = "(in memory)";
  return opening(name, [&] {
    auto opened = std::make_unique<storage>(open_connection(":memory:"));
    return std::shared_ptr<journal_database>{new journal_database{name, std::move(opened)}};
  });
}

std::shared_ptr<journal_database> journal_database::on_vfs(const std::string& vfs) {
  const std::filesystem::path name = "journal";
  return opening(name, [&] {
    auto file = hold(open_connection(name.c_str(), SQLITE_OPEN_CREATE, vfs.c_str()));
    auto opened = std::make_unique<storage>(std::move(file));
    return std::shared_ptr<journal_database>{new journal_database{name, std::move(opened)}};
  });
}

journal_database::~journal_database() = default;

journal_contents journal_database::load() {
  return reading(path_, [&] { return journal::read_contents(storage_->db.get()); });
}

void journal_database::commit(std::span<const journal_batch> batches) {
  auto* db = storage_->db.get();
  auto rows_before = sqlite3_total_changes64(db);
  if (watcher_)
    watcher_->committing(batches);
  try {
    journal::transaction all{db};
    if (statistics_.commits == 0)
      mark_opening(db);
    for (const auto& batch : batches)
      storage_->writer.write(batch);
    all.commit();
  } catch (const storage_fault& fault) {
    if (is_disk_full(fault) && storage_->reserve)
      storage_->reserve->release();
    throw in_words("write", path_, fault);
  }
  ++statistics_.commits;
  statistics_.batches += batches.size();
  statistics_.rows += static_cast<std::uint64_t>(sqlite3_total_changes64(db) - rows_before);
  if (watcher_)
    watcher_->committed(batches);
}

std::vector<history_entry> journal_database::history(std::size_t limit,
                                                     const std::optional<std::string>& snap) {
  return reading(path_, [&] { return journal::read_history(storage_->db.get(), limit, snap); });
}

bool journal_database::reserve_released() const {
  return storage_->reserve && storage_->reserve->released();
}

void journal_database::restore_reserve() {
  if (storage_->reserve)
    storage_->reserve->restore();
}

} // namespace troupe
