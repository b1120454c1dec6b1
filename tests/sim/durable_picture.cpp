#include "tests/sim/durable_picture.hpp"

namespace troupe::sim {

durable_picture durable_picture::of(const journal_contents& contents) {
  durable_picture picture;
  for (const auto& change : contents.changes) {
    if (is_set(change.ready_at))
      continue;
    picture.summaries[change.id] = change.summary;
    for (const auto& task : change.tasks)
      picture.unready[change.id][task.id] = task.status;
  }
  for (const auto& state : contents.snaps)
    if (state->is_installed())
      picture.installed[state->name] = state->version;
  picture.settings = contents.settings;
  return picture;
}

void durable_picture::apply(const journal_batch& batch) {
  for (const auto& change : batch.new_changes) {
    summaries[change->id] = change->summary;
    for (const auto& task : change->tasks)
      unready[change->id][task.id] = task.status;
  }
  for (const auto& more : batch.added)
    for (const auto& task : more.tasks)
      unready[more.change][task.id] = task.status;
  for (const auto& row : batch.tasks)
    for (auto& [id, tasks] : unready)
      if (auto task = tasks.find(row.id); task != tasks.end())
        task->second = row.status;
  for (const auto& state : batch.snaps)
    if (!state->is_installed())
      installed.erase(state->name);
    else if (auto& version = installed[state->name]; version < state->version)
      version = state->version;
  for (const auto& [name, value] : batch.settings)
    settings[name] = value;
  for (const auto& change : batch.ended) {
    unready.erase(change.id);
    summaries.erase(change.id);
  }
}

std::string durable_picture::difference(const durable_picture& other) const {
  auto changes = unready;
  changes.insert(other.unready.begin(), other.unready.end());
  for (const auto& [id, tasks] : changes) {
    const auto name = "change " + to_string(id);
    auto mine = unready.find(id);
    auto theirs = other.unready.find(id);
    if (mine == unready.end() || theirs == other.unready.end())
      return name + " is unready in one";
    for (const auto& [task, status] : mine->second)
      if (auto found = theirs->second.find(task); found == theirs->second.end())
        return name + " has no task " + to_string(task);
      else if (found->second != status)
        return "task " + to_string(task) + " of " + name + " is " + to_string(status) + " and " +
               to_string(found->second);
    if (theirs->second.size() != mine->second.size())
      return name + " has more tasks";
  }
  if (summaries != other.summaries)
    return "there are other changes";
  if (settings != other.settings)
    return "the settings differ";
  return installed == other.installed ? "" : "the installed snaps differ";
}

} // namespace troupe::sim
