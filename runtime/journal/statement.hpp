#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace troupe::journal {

/// An error of SQLite, before it is put into the user's words.
class storage_fault : public std::runtime_error {
public:
  /// The last error of a connection.
  explicit storage_fault(sqlite3* db)
      : std::runtime_error{sqlite3_errmsg(db)},
        code_{sqlite3_extended_errcode(db)},
        os_error_{sqlite3_system_errno(db)} {}

  /// A fault found by us; code is one of SQLite's.
  storage_fault(int code, const std::string& reason, int os_error = 0)
      : std::runtime_error{reason}, code_{code}, os_error_{os_error} {}

  int code() const { return code_ & 0xff; }
  int os_error() const { return os_error_; } ///< An errno, or 0.

private:
  int code_;
  int os_error_;
};

/// A prepared statement. Places of parameters count from 1, columns from 0.
class statement {
public:
  /// The text may end in white space, not in a second statement. Throws storage_fault.
  statement(sqlite3* db, std::string_view sql) : db_{db} {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &made, nullptr) != SQLITE_OK)
      throw storage_fault{db};
    handle_.reset(made);
  }

  /// Gives all parameters their values; text has to live until the last step.
  template <class... Values>
  void bind(const Values&... values) {
    int place = 0;
    sqlite3_reset(handle_.get());
    (bind_one(++place, values), ...);
  }

  /// Returns whether there is a row. After the last one, and after an error, it can be used anew.
  bool step() {
    auto code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW)
      return true;
    if (code != SQLITE_DONE) {
      storage_fault fault{db_};
      sqlite3_reset(handle_.get());
      throw fault;
    }
    sqlite3_reset(handle_.get());
    return false;
  }

  /// Binds, steps to the end and returns how many rows it wrote.
  template <class... Values>
  int run(const Values&... values) {
    bind(values...);
    while (step()) {
    }
    return sqlite3_changes(db_);
  }

  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  bool is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

  /// Valid until the next step.
  std::string_view text(int column) const {
    const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    auto length = sqlite3_column_bytes(handle_.get(), column);
    return start ? std::string_view{start, static_cast<std::size_t>(length)} : std::string_view{};
  }

private:
  struct finalizer {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };

  void bind_one(int place, std::integral auto value) {
    check(sqlite3_bind_int64(handle_.get(), place, static_cast<sqlite3_int64>(value)));
  }
  void bind_one(int place, std::string_view value) {
    // SQLite takes a null pointer for NULL, and an empty view may have one.
    const auto* start = value.data() ? value.data() : "";
    check(sqlite3_bind_text64(handle_.get(), place, start, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  template <class Value>
  void bind_one(int place, const std::optional<Value>& value) {
    if (value)
      bind_one(place, *value);
    else
      check(sqlite3_bind_null(handle_.get(), place));
  }
  void check(int code) {
    if (code != SQLITE_OK)
      throw storage_fault{db_};
  }

  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// Runs statements that have no parameters, one after the other.
inline void execute(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw storage_fault{db};
}

/// The number that a query of one row and one column gives.
inline std::int64_t number(sqlite3* db, std::string_view sql) {
  statement query{db, sql};
  std::int64_t result = 0;
  while (query.step())
    result = query.integer(0);
  return result;
}

/// A transaction that is rolled back unless it was committed.
class transaction {
public:
  explicit transaction(sqlite3* db) : db_{db} { execute(db, "BEGIN IMMEDIATE"); }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  ~transaction() {
    // A full disk may have made SQLite roll back by itself.
    if (sqlite3_get_autocommit(db_) == 0)
      sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }

  void commit() { execute(db_, "COMMIT"); }

private:
  sqlite3* db_;
};

} // namespace troupe::journal
