#include "runtime/journal/rows.hpp"

#include <algorithm>
#include <unordered_map>

#include "messages/failure.hpp"
#include "runtime/journal/fields.hpp"
#include "runtime/limits.hpp"

namespace troupe::journal {

namespace {

constexpr auto insert_change_sql = "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto insert_operation_sql =
    "INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto delete_operations_sql = "DELETE FROM operations WHERE change_id = ?";

constexpr auto insert_task_sql =
    "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr auto raise_counter_sql = "UPDATE counters SET value = max(value, ?) WHERE name = ?";

constexpr auto update_task_sql =
    "UPDATE tasks SET status = ?, waited = ?, memo = ?, progress_label = ?, progress_done = ?, "
    "progress_total = ?, log = ?, ready_at = ? WHERE id = ?";

constexpr auto update_waits_sql = "UPDATE tasks SET waits_for = ? WHERE id = ?";

// A snap that is gone keeps its row, without a state, so that an older state that is still on its way
// doesn't bring it back.
constexpr auto put_snap_sql =
    "INSERT INTO snaps VALUES (?, ?, ?) ON CONFLICT(name) DO UPDATE "
    "SET version = excluded.version, state = excluded.state WHERE excluded.version > version";

constexpr auto end_change_sql = "UPDATE changes SET ready_at = ?, error = ? WHERE id = ?";

constexpr auto read_statuses_sql = "SELECT DISTINCT status FROM tasks WHERE change_id = ?";

constexpr auto remember_change_sql =
    "INSERT OR REPLACE INTO history "
    "SELECT id, kind, summary, ?2, spawned_at, ready_at, error, "
    "(SELECT json_group_array(snap) FROM (SELECT snap FROM operations WHERE change_id = ?1 "
    "GROUP BY snap ORDER BY min(place))) FROM changes WHERE id = ?1";

constexpr auto shorten_history_sql =
    "DELETE FROM history WHERE id <= (SELECT value FROM counters WHERE name = 'change') - ?";

constexpr auto remember_snaps_sql =
    "INSERT OR IGNORE INTO history_snaps "
    "SELECT DISTINCT snap, change_id FROM operations WHERE change_id = ?";

constexpr auto shorten_history_snaps_sql =
    "DELETE FROM history_snaps WHERE id <= (SELECT value FROM counters WHERE name = 'change') - ?";

// Once the change has ended nobody is left who could write an older state, and the next one who
// installs the snap may count its versions from the start.
constexpr auto forget_gone_snaps_sql = "DELETE FROM snaps WHERE state IS NULL "
                                       "AND name IN (SELECT snap FROM operations WHERE change_id = ?)";

constexpr auto prune_change_sql = "DELETE FROM changes WHERE id = ?";

constexpr auto put_notice_sql = "INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto delete_notice_sql = "DELETE FROM notices WHERE id = ?";
constexpr auto put_warning_sql = "INSERT OR REPLACE INTO warnings VALUES (?, ?, ?, ?)";
constexpr auto delete_warning_sql = "DELETE FROM warnings WHERE message = ?";

constexpr auto put_setting_sql = "INSERT OR REPLACE INTO settings VALUES (?, ?)";

constexpr auto read_changes_sql = "SELECT * FROM changes ORDER BY id";
constexpr auto read_operations_sql = "SELECT * FROM operations ORDER BY change_id, place";
constexpr auto read_tasks_sql = "SELECT * FROM tasks ORDER BY id";
constexpr auto read_snaps_sql = "SELECT * FROM snaps WHERE state IS NOT NULL ORDER BY name";
constexpr auto read_notices_sql = "SELECT * FROM notices ORDER BY id";
constexpr auto read_warnings_sql = "SELECT * FROM warnings ORDER BY message";
constexpr auto read_settings_sql = "SELECT * FROM settings";
constexpr auto read_counter_sql = "SELECT value FROM counters WHERE name = ?";

constexpr auto read_history_sql = "SELECT * FROM history ORDER BY id DESC LIMIT ?";

constexpr auto read_history_of_snap_sql =
    "SELECT history.* FROM history_snaps JOIN history ON history.id = history_snaps.id "
    "WHERE history_snaps.snap = ? ORDER BY history_snaps.id DESC LIMIT ?";

[[noreturn]] void not_stored(const std::string& what) {
  throw storage_fault{SQLITE_CONSTRAINT, what + " isn't in it"};
}

change_record read_change(const statement& row) {
  change_record change;
  change.id = change_id{static_cast<std::uint64_t>(row.integer(0))};
  change.kind = row.text(1);
  change.summary = row.text(2);
  change.data = row.text(3);
  change.requester_uid = static_cast<std::uint32_t>(row.integer(4));
  change.spawned_at = time_from_column(row.integer(5));
  change.ready_at = time_from_column(row.integer(6));
  change.error = row.text(7);
  return change;
}

operation read_operation(const statement& row) {
  operation op;
  op.verb = row.text(2);
  op.snap = row.text(3);
  op.lane = static_cast<lane_number>(row.integer(4));
  op.rev = revision{static_cast<std::int32_t>(row.integer(5))};
  if (!row.is_null(6))
    op.info = info_from_column(row.text(6));
  op.image = row.text(7);
  op.channel = row.text(8);
  op.flags = flags_from_column(row.integer(9));
  op.purge = row.integer(10) != 0;
  op.given_path = row.text(11);
  op.force = row.integer(12) != 0;
  more_from_column(row.text(13), op);
  return op;
}

task_record read_task(const statement& row) {
  task_record task;
  task.id = task_id{static_cast<std::uint64_t>(row.integer(0))};
  task.kind = row.text(2);
  task.summary = row.text(3);
  task.waits_for = task_ids_from_column(row.text(4));
  task.lanes = lanes_from_column(row.text(5));
  task.operation = static_cast<std::int32_t>(row.integer(6));
  task.setup = row.text(7);
  task.spawned_at = time_from_column(row.integer(8));
  task.status = status_from_column(row.text(9));
  task.waited = status_from_column(row.text(10));
  task.memo = row.text(11);
  task.progress = {std::string{row.text(12)}, static_cast<std::uint64_t>(row.integer(13)),
                   static_cast<std::uint64_t>(row.integer(14))};
  task.log = strings_from_column(row.text(15));
  task.ready_at = time_from_column(row.integer(16));
  return task;
}

notice read_notice(const statement& row) {
  notice result;
  result.id = static_cast<std::uint64_t>(row.integer(0));
  if (!row.is_null(1))
    result.uid = static_cast<std::uint32_t>(row.integer(1));
  result.type = row.text(2);
  result.key = row.text(3);
  result.first_occurred = time_from_column(row.integer(4));
  result.last_occurred = time_from_column(row.integer(5));
  result.last_repeated = time_from_column(row.integer(6));
  result.occurrences = static_cast<std::uint64_t>(row.integer(7));
  result.data = data_from_column(row.text(8));
  return result;
}

warning read_warning(const statement& row) {
  return {std::string{row.text(0)}, time_from_column(row.integer(1)), time_from_column(row.integer(2)),
          time_from_column(row.integer(3))};
}

std::uint64_t read_counter(sqlite3* db, std::string_view name) {
  statement row{db, read_counter_sql};
  std::uint64_t result = 0;
  for (row.bind(name); row.step();)
    result = static_cast<std::uint64_t>(row.integer(0));
  return result;
}

} // namespace

row_writer::row_writer(sqlite3* db)
    : insert_change_{db, insert_change_sql},
      insert_operation_{db, insert_operation_sql},
      delete_operations_{db, delete_operations_sql},
      insert_task_{db, insert_task_sql},
      raise_counter_{db, raise_counter_sql},
      update_task_{db, update_task_sql},
      update_waits_{db, update_waits_sql},
      put_snap_{db, put_snap_sql},
      end_change_{db, end_change_sql},
      read_statuses_{db, read_statuses_sql},
      remember_change_{db, remember_change_sql},
      shorten_history_{db, shorten_history_sql},
      remember_snaps_{db, remember_snaps_sql},
      shorten_history_snaps_{db, shorten_history_snaps_sql},
      forget_gone_snaps_{db, forget_gone_snaps_sql},
      prune_change_{db, prune_change_sql},
      put_notice_{db, put_notice_sql},
      delete_notice_{db, delete_notice_sql},
      put_warning_{db, put_warning_sql},
      delete_warning_{db, delete_warning_sql},
      put_setting_{db, put_setting_sql} {}

void row_writer::write(const journal_batch& batch) {
  for (const auto& change : batch.new_changes)
    insert_change(*change);
  for (const auto& more : batch.added)
    add_tasks(more);
  for (const auto& task : batch.tasks)
    update_task(task);
  for (const auto& snap : batch.snaps)
    put_snap(*snap);
  for (const auto& end : batch.ended)
    end_change(end);
  for (auto change : batch.pruned)
    prune_change_.run(change.value);
  for (auto id : batch.no_notices)
    delete_notice_.run(id);
  for (const auto& one : batch.notices)
    put_notice(one);
  for (const auto& message : batch.no_warnings)
    delete_warning_.run(message);
  for (const auto& one : batch.warnings)
    put_warning(one);
  for (const auto& [name, value] : batch.settings)
    put_setting_.run(name, value);
}

void row_writer::insert_change(const change_record& change) {
  insert_change_.run(change.id.value, change.kind, change.summary, change.data, change.requester_uid,
                     to_column(change.spawned_at), to_column(change.ready_at), change.error);
  insert_operations(change.id, change.operations);
  insert_tasks(change.id, change.tasks);
  raise_counter_.run(change.id.value, "change");
}

void row_writer::add_tasks(const added_tasks& more) {
  if (!more.operations.empty()) {
    delete_operations_.run(more.change.value);
    insert_operations(more.change, more.operations);
  }
  insert_tasks(more.change, more.tasks);
  for (const auto& [task, waits_for] : more.waits)
    update_waits_.run(to_column(waits_for), task.value);
}

void row_writer::insert_operations(change_id change, const std::vector<operation>& operations) {
  for (std::size_t place = 0; place < operations.size(); ++place)
    insert_operation(change, place, operations[place]);
}

void row_writer::insert_operation(change_id change, std::size_t place, const operation& op) {
  auto info = to_column(op.info);
  insert_operation_.run(change.value, place, op.verb, op.snap, op.lane, op.rev.number, info, op.image,
                        op.channel, to_column(op.flags), op.purge, op.given_path, op.force,
                        more_column(op));
}

void row_writer::insert_tasks(change_id change, const std::vector<task_record>& tasks) {
  task_id last;
  for (const auto& task : tasks) {
    insert_task(change, task);
    last = std::max(last, task.id);
  }
  raise_counter_.run(last.value, "task");
}

void row_writer::insert_task(change_id change, const task_record& task) {
  auto waits_for = to_column(task.waits_for);
  auto lanes = to_column(task.lanes);
  auto log = to_column(task.log);
  insert_task_.run(task.id.value, change.value, task.kind, task.summary, waits_for, lanes,
                   task.operation, task.setup, to_column(task.spawned_at), to_word(task.status),
                   to_word(task.waited), task.memo, task.progress.label, task.progress.done,
                   task.progress.total, log, to_column(task.ready_at));
}

void row_writer::update_task(const task_row& task) {
  auto log = to_column(task.log);
  if (update_task_.run(to_word(task.status), to_word(task.waited), task.memo, task.progress.label,
                       task.progress.done, task.progress.total, log, to_column(task.ready_at),
                       task.id.value) == 0)
    not_stored("task " + to_string(task.id));
}

void row_writer::put_snap(const snap_state& snap) {
  auto state = to_column(snap);
  put_snap_.run(snap.name, snap.version, state);
}

void row_writer::end_change(const change_end& end) {
  if (end_change_.run(to_column(end.ready_at), end.error, end.id.value) == 0)
    not_stored("change " + to_string(end.id));
  remember_change_.run(end.id.value, to_word(status_of(end.id)));
  remember_snaps_.run(end.id.value);
  shorten_history_.run(limits::history_changes_kept);
  shorten_history_snaps_.run(limits::history_changes_kept);
  forget_gone_snaps_.run(end.id.value);
}

void row_writer::put_notice(const notice& what) {
  auto data = to_column(what.data);
  put_notice_.run(what.id, what.uid, what.type, what.key, to_column(what.first_occurred),
                  to_column(what.last_occurred), to_column(what.last_repeated), what.occurrences, data);
}

void row_writer::put_warning(const warning& what) {
  put_warning_.run(what.message, to_column(what.first_added), to_column(what.last_added),
                   to_column(what.last_shown));
}

task_status row_writer::status_of(change_id change) {
  auto first = status_order.end();
  read_statuses_.bind(change.value);
  while (read_statuses_.step())
    first = std::min(first, std::find(status_order.begin(), status_order.end(),
                                      status_from_column(read_statuses_.text(0))));
  return first == status_order.end() ? task_status::hold : *first;
}

void forget_gone_snaps(sqlite3* db) { statement{db, "DELETE FROM snaps WHERE state IS NULL"}.run(); }

journal_contents read_contents(sqlite3* db) {
  journal_contents result;
  std::unordered_map<std::int64_t, std::size_t> places;
  statement changes{db, read_changes_sql};
  while (changes.step()) {
    places.emplace(changes.integer(0), result.changes.size());
    result.changes.push_back(read_change(changes));
  }
  statement operations{db, read_operations_sql};
  while (operations.step())
    result.changes.at(places.at(operations.integer(0))).operations.push_back(read_operation(operations));
  statement tasks{db, read_tasks_sql};
  while (tasks.step())
    result.changes.at(places.at(tasks.integer(1))).tasks.push_back(read_task(tasks));
  statement snaps{db, read_snaps_sql};
  while (snaps.step()) {
    auto snap = std::make_shared<snap_state>();
    snap->name = snaps.text(0);
    snap->version = static_cast<std::uint64_t>(snaps.integer(1));
    state_from_column(snaps.text(2), *snap);
    result.snaps.push_back(std::move(snap));
  }
  statement notices{db, read_notices_sql};
  while (notices.step())
    result.notices.push_back(read_notice(notices));
  statement warnings{db, read_warnings_sql};
  while (warnings.step())
    result.warnings.push_back(read_warning(warnings));
  statement settings{db, read_settings_sql};
  while (settings.step())
    result.settings.emplace(settings.text(0), settings.text(1));
  result.last_change = change_id{read_counter(db, "change")};
  result.last_task = task_id{read_counter(db, "task")};
  return result;
}

std::vector<history_entry> read_history(sqlite3* db, std::size_t limit,
                                        const std::optional<std::string>& snap) {
  std::vector<history_entry> result;
  statement row{db, snap ? read_history_of_snap_sql : read_history_sql};
  if (snap)
    row.bind(*snap, limit);
  else
    row.bind(limit);
  while (row.step())
    result.push_back({.id = change_id{static_cast<std::uint64_t>(row.integer(0))},
                      .kind = std::string{row.text(1)},
                      .summary = std::string{row.text(2)},
                      .status = status_from_column(row.text(3)),
                      .spawned_at = time_from_column(row.integer(4)),
                      .ready_at = time_from_column(row.integer(5)),
                      .error = std::string{row.text(6)},
                      .snaps = strings_from_column(row.text(7))});
  return result;
}

} // namespace troupe::journal
