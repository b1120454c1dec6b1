#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "messages/failure.hpp"
#include "messages/ids.hpp"
#include "messages/status.hpp"
#include "runtime/rules/task_transition.hpp"

namespace troupe {

/// What the graph has to know of a task.
struct graph_task {
  task_id id;
  std::vector<task_id> waits_for;
  std::vector<lane_number> lanes; ///< Empty: lane 0.
  bool has_undo = true;
  task_status status = task_status::do_;
  task_status waited = task_status::done; ///< What a Wait becomes when it is resolved; never Wait.
  std::int32_t operation = -1;            ///< Which operation it belongs to; negative: to none.
  bool is_irreversible = false;           ///< What its do has begun can't be taken back.
};

/// A wait that a task gets after it was made.
struct added_wait {
  task_id task; ///< Still in Do, or new.
  task_id waits_for;
};

/// Tasks that wait for each other in a cycle.
class cycle_error : public failure {
public:
  explicit cycle_error(std::vector<task_id> members);

  /// The tasks that are in cycles with each other, by position.
  const std::vector<task_id>& cycle() const { return cycle_; }

private:
  std::vector<task_id> cycle_;
};

/// A run of a task's perform, or of its undo, that has to be started.
struct task_start {
  task_id id;
  bool undo = false;

  bool operator==(const task_start&) const = default;
};

/// The tasks of one change: their statuses, what waits for what, and their lanes. Decides what runs
/// next, what an abort takes along, and how the change as a whole stands.
/// Each step costs what the tasks it touches cost; only construction, a restart, an abort of the
/// change, and change_status() while a task is in Wait look at all tasks.
/// A lane is past the point of return once an irreversible task of it has begun: then no abort touches
/// its tasks, since undoing some of them would leave neither the former state nor the planned one.
/// An unknown task id or lane is a failure, and nothing is changed.
/// Source of the rules: the peer's engine, section "Tasks, changes, lanes".
class task_graph {
public:
  using start = task_start;

  /// Fails on ids that are 0, unknown or given twice, on more than limits::change_tasks tasks, on a
  /// Wait for Wait, and with a cycle_error.
  explicit task_graph(const std::vector<graph_task>& tasks);

  /// Adds tasks behind those there are, and waits to tasks that are still in Do. All or nothing; fails
  /// as the constructor does, and on a wait added to a task that isn't in Do.
  void add(const std::vector<graph_task>& more, const std::vector<added_wait>& waits = {});

  /// To be called once on a graph made after a restart, when no handler runs: an Abort becomes Undo, or
  /// Hold without undo handler, and an Undoing without one becomes Done. Returns the runs that were
  /// interrupted and have to be started again.
  std::vector<start> resume_after_restart();

  /// Starts every task that is eligible: sets it to Doing or Undoing. A task in Undo without undo
  /// handler becomes Done and so may make others eligible. By position.
  std::vector<start> take_eligible();

  /// As take_eligible(), but starts at most the first, and none that doesn't stand before this task.
  std::optional<start> take_one(std::optional<task_id> before = std::nullopt);

  // How the run of a task's perform or undo ended. What the transition table doesn't know is ignored.

  void finished_ok(task_id id);

  /// Aborts the task's lanes, then sets it to Error. In a lane past the point of return what waits for
  /// it is held, and operations that have begun nothing irreversible are undone. Where it was an undo
  /// that failed, the rest of its operation stays done.
  void finished_error(task_id id);

  /// A task that stays Doing or Undoing is to be run again by the caller, when its time has come.
  void finished_retry(task_id id);

  /// Fails where `waited` is Wait.
  void finished_wait(task_id id, task_status waited = task_status::done);

  /// A handler sets its task's final status itself; belongs right before the end of its run. Done has no
  /// effect on a task in Abort, which is to be undone. Fails where `final` isn't a ready status.
  void set_status(task_id id, task_status final);

  /// Says that a task in Abort has no handler to be stopped, for instance because it waited for its
  /// next try.
  void handler_not_running(task_id id);

  /// Gives a task in Wait its waited status. A waited Doing or Undoing is started again by take_*().
  void resolve_wait(task_id id);

  /// Aborts every task. Whether a ready change may be aborted is for the caller to decide.
  void abort_change();

  /// Aborts the tasks of these lanes, except those that another, entirely live lane keeps; whatever
  /// waits for them; and all lanes of every task so aborted.
  void abort_lanes(const std::vector<lane_number>& lanes);

  /// Aborts the lanes that hold a task that isn't ready.
  void abort_unready_lanes();

  /// Whether every task that isn't ready is in a lane past the point of return.
  bool is_past_return() const;

  /// Takes the tasks whose status was set since the last call, each once, in the order of that.
  std::vector<task_id> drain_changed();

  /// Takes the tasks that came into Abort since the last call and still are: their handlers have to be
  /// told to stop. Where none runs, the answer is handler_not_running().
  std::vector<task_id> drain_to_stop();

  /// Takes the lanes that became ready since the last call and still are.
  std::vector<lane_number> drain_ready_lanes();

  task_status status(task_id id) const { return at(id).status; }
  task_status waited(task_id id) const { return at(id).waited; }

  /// The status of the change as a whole; Hold where there are no tasks.
  task_status change_status() const;

  /// The same of the tasks of one lane.
  task_status lane_status(lane_number lane) const;

  /// Tells whether every task is ready.
  bool is_ready() const { return unready_ == 0; }

  bool has_lane(lane_number lane) const { return lane_index_.contains(lane); }

  /// Tells whether every task of a lane is ready.
  bool lane_ready(lane_number lane) const { return at(lane).unready == 0; }

  /// All lanes with tasks, in ascending order.
  std::vector<lane_number> lanes() const;

  /// By position.
  const std::vector<task_id>& tasks_of(lane_number lane) const { return at(lane).ids; }

  const std::vector<task_id>& waits_for(task_id id) const { return at(id).waits_for; }

  /// The tasks that wait for this one.
  const std::vector<task_id>& waiters(task_id id) const { return at(id).waiters; }

  /// Returns what keeps a task from starting: the first that a task in Do waits for and that isn't
  /// Done, or the first that waits for a task in Undo and isn't ready. Nothing for other statuses.
  std::optional<task_id> first_unready_predecessor(task_id id) const;

  std::size_t count(task_status status) const { return counts_[static_cast<std::size_t>(status)]; }
  std::size_t size() const { return nodes_.size(); }

private:
  using position = std::uint32_t;

  struct node {
    task_id id;
    task_status status = task_status::do_;
    task_status waited = task_status::done;
    bool has_undo = true;
    bool is_irreversible = false;
    std::int32_t operation = -1;
    bool changed = false;   // stands in changed_
    bool to_rerun = false;  // resolved to Doing or Undoing and not yet started
    position not_done = 0;  // how many it waits for that aren't Done
    position unready = 0;   // how many wait for it and aren't ready
    std::uint64_t mark = 0; // the last walk that came by
    std::vector<position> before;
    std::vector<position> after;
    std::vector<position> lanes;
    std::vector<task_id> waits_for;
    std::vector<task_id> waiters;
  };

  struct lane {
    lane_number number = 0;
    std::size_t unready = 0;
    std::size_t dead = 0;  // tasks that aren't live; without any, the lane is entirely live
    bool reported = false; // stands in ready_lanes_
    bool past_return = false;
    std::uint64_t mark = 0;     // the abort in which it was last given up
    std::uint64_t given_up = 0; // the era in which all that goes with it was last aborted
    std::vector<position> tasks;
    std::vector<task_id> ids;
  };

  position find(task_id id) const;
  const node& at(task_id id) const { return nodes_[find(id)]; }
  const lane& at(lane_number number) const;

  void check_tasks(const std::vector<graph_task>& more) const;
  void check_waits(const std::vector<graph_task>& more, const std::vector<added_wait>& waits) const;
  void check_order(const std::vector<graph_task>& more, const std::vector<added_wait>& waits) const;
  position append(const graph_task& task);
  position lane_of(lane_number number);
  void link(position task, position before);

  static bool is_live(const node& n);
  static bool is_eligible(const node& n);
  void happen(position task, task_event event);
  void assign(position task, task_status to);
  void assign_in_lanes(const node& n, bool was_live, bool was_ready);
  void tell_neighbours(const node& n, task_status from);

  void abort(const std::vector<position>& lanes);
  bool is_past_return(const node& n) const;
  static bool has_begun_for_good(const node& n);
  void note_past_return(const node& n);
  void hold_what_waits_for(position failed);
  void undo_what_can_go_back(const node& failed);
  void take_back(position task);
  using status_counts = std::array<std::size_t, task_status_count>;
  task_status aggregate(const status_counts& counts, const std::vector<position>& tasks) const;
  bool all_held_up(const std::vector<position>& tasks) const;

  std::vector<node> nodes_;
  std::vector<lane> lanes_;
  std::unordered_map<task_id, position> index_;
  std::map<lane_number, position> lane_index_;
  status_counts counts_{};
  std::size_t unready_ = 0;
  // Grows when an abort of given up lanes could have an effect again: a task is live again, a lane is
  // entirely live no more, or something was added.
  std::uint64_t era_ = 1;
  std::uint64_t walk_ = 0;
  std::map<std::int32_t, std::size_t> errors_; // By operation.
  // Some may be eligible no longer: whoever takes one looks again.
  std::priority_queue<position, std::vector<position>, std::greater<>> candidates_;
  std::vector<position> changed_;
  std::vector<position> to_stop_;
  std::vector<position> ready_lanes_;
};

} // namespace troupe
