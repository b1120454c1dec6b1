#pragma once

#include <optional>
#include <vector>

#include "messages/request.hpp"
#include "runtime/rules/planner.hpp"
#include "runtime/rules/task_lists.hpp"

namespace troupe {

/// One snap's part of a change as the host stands: its operations, and the state that each finds.
class snap_plan {
public:
  /// `wanted` is one of `all` as resolve() leaves them.
  snap_plan(const snap_request& wanted, const snap_state& state, lane_number lane,
            const operation_request& all, time_point now);

  const std::vector<operation>& operations() const { return operations_; }

  /// Where in the change the first of its operations stands.
  void begins_at(std::size_t place) { first_ = place; }

  /// Adds the tasks that can be undone.
  void add_undoable_tasks(task_chain& chain) const;

  /// Whether there are tasks that can't be undone; they stand at the end.
  bool has_final_tasks() const;
  void add_final_tasks(task_chain& chain) const;

private:
  void plan_operation(operation& op, const snap_request& wanted);
  snap_state with_aliases(operation& op, const snap_state& state) const;
  bool removes_one_of_several() const;
  /// The revisions that a refresh leaves behind and discards, the oldest first.
  std::vector<revision> revisions_to_discard() const;
  bool replaces_data(std::size_t at) const;
  bool changes_what_runs() const;
  void add_refreshes(task_chain& chain) const;
  void turn_to(task_chain& chain, std::size_t at) const;

  std::vector<operation> operations_;
  std::vector<snap_state> before_; ///< The state that each operation finds.
  snap_state after_;
  std::size_t retain_; ///< Revisions that a refresh leaves, the new one too.
  bool keeps_snapshot_;
  std::optional<vacancy_terms> waits_for_apps_; ///< On which terms, if at all.
  std::size_t first_ = 0;
};

/// The operations that a request for one snap asks for, whatever the host is like: one, or one a step.
std::vector<operation> operations_of(const snap_request& wanted, lane_number lane);

/// Turns what a request says into what that comes to as the host stands: a file of a snap that is
/// installed refreshes it, a refresh to the revision that is current only follows another channel, and
/// what was wanted for others' sake and is there falls away.
operation_request resolve(const operation_request& request, const plan_context& context);

/// The revision that a revert goes back to unless told: the one linked before the current one; 0: none.
revision former_revision(const snap_state& state);

} // namespace troupe
