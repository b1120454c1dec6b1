#pragma once

#include <optional>

#include "messages/change.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/planner.hpp"
#include "runtime/rules/vacancy_wait.hpp"

namespace troupe {

/// Appends tasks to a change, each waiting for the one before it.
class task_chain {
public:
  task_chain(change_record& change, const plan_context& context, std::int32_t operation_index);

  /// Appends a task of this kind; the setup is what its handler has to know beyond the operation.
  void add(std::string kind, std::string summary, const json::object& setup = {});

  /// Goes on with the tasks of another operation.
  void turn_to(std::int32_t operation_index) { index_ = operation_index; }

  /// Lets the task that is added next wait for this one as well.
  void next_waits_for(task_id task) { awaited_.push_back(task); }

  const operation& op() const { return change_.operations.at(static_cast<std::size_t>(index_)); }

  /// The task added last; 0 where there is none yet.
  task_id last() const { return last_; }

private:
  change_record& change_;
  const plan_context& context_;
  std::int32_t index_;
  task_id last_;
  std::vector<task_id> awaited_;
};

/// The tasks of each operation. Source: reference "Task lists"; a hook the snap hasn't has no task.
void add_install_tasks(task_chain& chain);

/// Those of a refresh come in parts: what gets the image, the wait for applications of the former
/// revision if it has any, what makes the new one current in its place and allows applications again,
/// and what drops the data that it had left on this host when it ran here before.
void add_image_tasks(task_chain& chain);
void add_known_image_tasks(task_chain& chain); ///< In place of these where the revision is installed.
/// `to`: where the refresh ends, which a step of it through epochs isn't.
void add_wait_for_apps_task(task_chain& chain, const vacancy_terms& terms, revision to);
void add_refresh_tasks(task_chain& chain, const snap_info& former, bool allows_apps);
void add_drop_former_data_task(task_chain& chain);

void add_revert_tasks(task_chain& chain, const snap_state& state,
                      const std::optional<vacancy_terms>& waits_for_apps);
void add_switch_tasks(task_chain& chain, const snap_state& state);
void add_enable_tasks(task_chain& chain, const snap_state& state);
void add_disable_tasks(task_chain& chain, const snap_state& state);

/// Those of a remove of all revisions come in two parts, of which the second can't be undone. An
/// application whose current revision is there may leave a snapshot.
void add_remove_tasks(task_chain& chain, const snap_state& state, bool keeps_snapshot);
void add_discard_all_tasks(task_chain& chain, const snap_state& state);

/// Those of a remove of one revision of several.
void add_discard_tasks(task_chain& chain, revision rev);

/// The one of configure: the snap's hook decides about the edits.
void add_configure_tasks(task_chain& chain, const snap_info& info);

/// The one of the verbs about services.
void add_service_task(task_chain& chain);

/// The same that a hook has asked for; the verb is start, stop, restart or reload.
void add_asked_service_task(task_chain& chain, const std::string& verb,
                            const std::vector<std::string>& names, bool for_good);

/// Those of the verbs about snapshots come in two parts as well.
void add_snapshot_tasks(task_chain& chain);
void add_final_snapshot_tasks(task_chain& chain);

/// The one of a verb about aliases.
void add_alias_tasks(task_chain& chain);

} // namespace troupe
