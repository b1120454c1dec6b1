#pragma once

#include "messages/change.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/planner.hpp"

namespace troupe {

/// Appends tasks to a change, each waiting for the one before it.
class task_chain {
public:
  task_chain(change_record& change, const plan_context& context, std::int32_t operation_index);

  /// Appends a task of this kind; the setup is what its handler has to know beyond the operation.
  void add(std::string kind, std::string summary, const json::object& setup = {});

  const operation& op() const { return change_.operations.at(static_cast<std::size_t>(index_)); }

private:
  change_record& change_;
  const plan_context& context_;
  std::int32_t index_;
  task_id last_;
};

/// The tasks of each operation. Source: reference "Task lists"; a hook the snap hasn't has no task.
void add_install_tasks(task_chain& chain, const std::string& given_path);
void add_enable_tasks(task_chain& chain, const snap_state& state);
void add_disable_tasks(task_chain& chain, const snap_state& state);
void add_remove_tasks(task_chain& chain, const snap_state& state);
void add_remove_revision_tasks(task_chain& chain);

} // namespace troupe
