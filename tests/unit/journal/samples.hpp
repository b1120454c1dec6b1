#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/journal_batch.hpp"

/// Records for tests of the journal, with values in the fields that the test doesn't look at.
namespace troupe::testing {

inline time_point at(std::int64_t nanoseconds) { return time_point{duration{nanoseconds}}; }

/// A change that does one operation to each snap and has tasks with the ids first_task, first_task + 1,
/// …
inline change_record sample_change(std::uint64_t id, std::uint64_t first_task, std::size_t tasks,
                                   const std::vector<std::string>& snaps = {"hello"}) {
  change_record change;
  change.id = change_id{id};
  change.kind = "install-snap";
  change.summary = "Install \"" + snaps.front() + "\" snap";
  change.spawned_at = at(1'000'000'000 * static_cast<std::int64_t>(id));
  for (const auto& snap : snaps) {
    operation op;
    op.verb = "install";
    op.snap = snap;
    op.lane = static_cast<lane_number>(change.operations.size() + 1);
    change.operations.push_back(op);
  }
  for (std::size_t i = 0; i < tasks; ++i) {
    task_record task;
    task.id = task_id{first_task + i};
    task.kind = "link-snap";
    task.summary = "Make snap \"" + snaps.front() + "\" available to the system";
    task.lanes = {1};
    task.operation = 0;
    if (i > 0)
      task.waits_for = {task_id{first_task + i - 1}};
    change.tasks.push_back(task);
  }
  return change;
}

inline journal_batch with_change(change_record change) {
  journal_batch batch;
  batch.new_changes.push_back(std::make_shared<const change_record>(std::move(change)));
  return batch;
}

inline journal_batch with_status(std::uint64_t task, task_status status) {
  task_row row;
  row.id = task_id{task};
  row.status = status;
  row.memo = "{}";
  journal_batch batch;
  batch.tasks.push_back(row);
  return batch;
}

inline journal_batch with_end(std::uint64_t change, const std::string& error = {}) {
  journal_batch batch;
  batch.ended.push_back({change_id{change}, at(5'000'000'000), error});
  return batch;
}

/// A state with this many revisions.
inline journal_batch with_snap(const std::string& name, std::uint64_t version, int revisions) {
  auto state = std::make_shared<snap_state>();
  state->name = name;
  state->version = version;
  for (int i = 1; i <= revisions; ++i)
    state->revisions.push_back({revision{-i}, nullptr, at(i)});
  state->current = revision{-revisions};
  journal_batch batch;
  batch.snaps.push_back(state);
  return batch;
}

} // namespace troupe::testing
