#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "messages/history.hpp"
#include "messages/journal_batch.hpp"
#include "runtime/journal/statement.hpp"

namespace troupe::journal {

/// Writes records as rows. All throw storage_fault; the transaction is the caller's.
class row_writer {
public:
  explicit row_writer(sqlite3* db);

  void write(const journal_batch& batch);

private:
  void insert_change(const change_record& change);
  void add_tasks(const added_tasks& more);
  void insert_operations(change_id change, const std::vector<operation>& operations);
  void insert_operation(change_id change, std::size_t place, const operation& op);
  void insert_tasks(change_id change, const std::vector<task_record>& tasks);
  void insert_task(change_id change, const task_record& task);
  void update_task(const task_row& task);
  void put_snap(const snap_state& snap);
  void end_change(const change_end& end);
  void put_notice(const notice& what);
  void put_warning(const warning& what);
  task_status status_of(change_id change);

  statement insert_change_;
  statement insert_operation_;
  statement delete_operations_;
  statement insert_task_;
  statement raise_counter_;
  statement update_task_;
  statement update_waits_;
  statement put_snap_;
  statement end_change_;
  statement read_statuses_;
  statement remember_change_;
  statement shorten_history_;
  statement remember_snaps_;
  statement shorten_history_snaps_;
  statement forget_gone_snaps_;
  statement prune_change_;
  statement put_notice_;
  statement delete_notice_;
  statement put_warning_;
  statement delete_warning_;
  statement put_setting_;
};

/// Forgets the snaps that are gone; when the file is opened nobody is left who could write an older
/// state of theirs.
void forget_gone_snaps(sqlite3* db);

/// Both throw storage_fault, and failure where a value in a row can't be read.
journal_contents read_contents(sqlite3* db);
std::vector<history_entry> read_history(sqlite3* db, std::size_t limit,
                                        const std::optional<std::string>& snap);

} // namespace troupe::journal
