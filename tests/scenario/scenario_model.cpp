#include "tests/scenario/scenario_model.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace troupe::stress {

namespace {

using enum task_status;
using indices = std::set<std::size_t>;

struct model_task {
  std::string id;
  indices waits_for;
  std::set<lane_number> lanes;
  bool has_undo = true;
  task_status status = do_;
  task_status waited = done;
  std::string message = "no message";
  bool is_blocked = false; ///< Its handler stands in its block.
  bool has_retried_do = false;
  bool has_retried_undo = false;
};

/// The whole world of one scenario. Every question is answered by a walk over all tasks.
class model {
public:
  explicit model(const scenario& of) : scenario_{of} {
    std::map<std::string, std::size_t> index;
    for (const auto& task : of.tasks)
      index.emplace(task.id, index.size());
    for (const auto& task : of.tasks) {
      model_task made{task.id,       {},          {task.lanes.begin(), task.lanes.end()},
                      task.has_undo, task.status, task.waited};
      if (made.lanes.empty())
        made.lanes.insert(0);
      for (const auto& before : task.waits_for)
        made.waits_for.insert(index.at(before));
      tasks_.push_back(std::move(made));
    }
  }

  json::value run() {
    if (auto cycle = first_cycle(); !cycle.empty())
      return cycle_answer(cycle);
    if (scenario_.abort && scenario_.abort->when == "before")
      apply_abort();
    if (scenario_.run) {
      give_up_aborts_without_handler();
      while (step())
        give_up_aborts_without_handler();
    }
    return answer();
  }

private:
  // --- what the graph says -------------------------------------------------------------------------

  indices everything() const {
    indices all;
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      all.insert(t);
    return all;
  }

  indices waiters(std::size_t on) const {
    indices found;
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      if (tasks_[t].waits_for.contains(on))
        found.insert(t);
    return found;
  }

  /// All that a task waits for, and what those wait for, and so on.
  indices all_waited_for(std::size_t by) const {
    indices found = tasks_[by].waits_for;
    for (bool grown = true; grown;) {
      auto before = found.size();
      for (auto t : indices{found})
        found.insert(tasks_[t].waits_for.begin(), tasks_[t].waits_for.end());
      grown = found.size() > before;
    }
    return found;
  }

  /// The first task that waits for itself in the end, with all that wait for it and it for them.
  indices first_cycle() const {
    std::vector<indices> closure;
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      closure.push_back(all_waited_for(t));
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      if (closure[t].contains(t)) {
        indices members;
        for (auto other : closure[t])
          if (closure[other].contains(t))
            members.insert(other);
        return members;
      }
    return {};
  }

  std::set<lane_number> all_lanes() const {
    std::set<lane_number> found;
    for (const auto& task : tasks_)
      found.insert(task.lanes.begin(), task.lanes.end());
    return found;
  }

  indices tasks_in(lane_number lane) const {
    indices found;
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      if (tasks_[t].lanes.contains(lane))
        found.insert(t);
    return found;
  }

  // --- abort ---------------------------------------------------------------------------------------

  static task_status aborted(task_status from) {
    if (from == do_)
      return hold;
    if (from == doing)
      return abort;
    if (from == done)
      return undo;
    return from;
  }

  void abort_task(std::size_t which) {
    auto& task = tasks_[which];
    if (task.status != wait)
      task.status = aborted(task.status);
    else if (aborted(task.waited) != task.waited)
      task.status = aborted(task.waited);
  }

  /// Nothing is aborted before it is known what is to be, so that all answers are of the time before.
  indices reached_by_abort(std::set<lane_number> lanes) const {
    indices reached;
    while (true) {
      for (std::size_t t = 0; t < tasks_.size(); ++t) {
        bool is_in = false;
        bool is_spared = false;
        for (auto lane : tasks_[t].lanes) {
          if (lanes.contains(lane)) {
            is_in = true;
            continue;
          }
          bool lane_lives = true;
          for (auto other : tasks_in(lane)) {
            auto status = tasks_[other].status == wait ? tasks_[other].waited : tasks_[other].status;
            lane_lives = lane_lives && (status == do_ || status == doing || status == done);
          }
          is_spared = is_spared || lane_lives;
        }
        if (is_in && !is_spared)
          reached.insert(t);
      }
      for (std::size_t t = 0; t < tasks_.size(); ++t)
        for (auto before : all_waited_for(t))
          if (reached.contains(before))
            reached.insert(t);
      auto lanes_before = lanes;
      for (auto t : reached)
        lanes.insert(tasks_[t].lanes.begin(), tasks_[t].lanes.end());
      if (lanes == lanes_before)
        return reached;
    }
  }

  void abort_lanes(const std::set<lane_number>& lanes) {
    for (auto t : reached_by_abort(lanes))
      abort_task(t);
  }

  void apply_abort() {
    const auto& what = scenario_.abort->what;
    if (std::holds_alternative<whole_change>(what)) {
      for (auto t : everything())
        abort_task(t);
    } else if (std::holds_alternative<unready_lanes>(what)) {
      std::set<lane_number> lanes;
      for (const auto& task : tasks_)
        if (!is_ready(task.status))
          lanes.insert(task.lanes.begin(), task.lanes.end());
      abort_lanes(lanes);
    } else {
      const auto& given = std::get<std::vector<lane_number>>(what);
      abort_lanes({given.begin(), given.end()});
    }
  }

  void give_up(model_task& task) { task.status = task.has_undo ? undo : hold; }

  void give_up_aborts_without_handler() {
    for (auto& task : tasks_)
      if (task.status == abort && !task.is_blocked)
        give_up(task);
  }

  // --- handlers ------------------------------------------------------------------------------------

  bool has_fault(std::size_t which, bool on_undo, fault_kind what) const {
    return std::any_of(scenario_.faults.begin(), scenario_.faults.end(), [&](const auto& fault) {
      return fault.task == tasks_[which].id && fault.on_undo == on_undo && fault.what == what;
    });
  }

  /// Returns whether the handler lives on: a restart ends it.
  bool emit(std::size_t which, bool on_undo, const std::string& suffix) {
    auto event = tasks_[which].id + (on_undo ? ":undo" : ":do") + suffix;
    events_.push_back(event);
    bool is_first = std::count(events_.begin(), events_.end(), event) == 1;
    if (is_first && scenario_.abort && scenario_.abort->when == event)
      apply_abort();
    if (!is_first || scenario_.restart_after != event)
      return true;
    for (auto& task : tasks_)
      task.is_blocked = false;
    return false;
  }

  void call(std::size_t which, bool on_undo) {
    auto& task = tasks_[which];
    task.status = on_undo ? undoing : doing;
    if (!emit(which, on_undo, ""))
      return;
    if (!has_fault(which, on_undo, fault_kind::block)) {
      call_after_block(which, on_undo);
      return;
    }
    if (emit(which, on_undo, "-block"))
      task.is_blocked = true;
  }

  void call_after_block(std::size_t which, bool on_undo) {
    auto& task = tasks_[which];
    auto& has_retried = on_undo ? task.has_retried_undo : task.has_retried_do;
    if (has_fault(which, on_undo, fault_kind::retry) && !has_retried) {
      has_retried = true;
      emit(which, on_undo, "-retry");
      // Without a handler now; if it was aborted it is given up, else it is called again.
      return;
    }
    if (has_fault(which, on_undo, fault_kind::error)) {
      if (!emit(which, on_undo, "-error"))
        return;
      abort_lanes(task.lanes);
      task.status = error;
      task.message = "boom";
      return;
    }
    if (has_fault(which, on_undo, fault_kind::wait) && !emit(which, on_undo, "-wait"))
      return;
    // The status that a handler chooses reaches the journal with what it returns, so not before here.
    if (has_fault(which, on_undo, fault_kind::set_ready) && task.status != abort)
      task.status = on_undo ? undone : done;
    if (has_fault(which, on_undo, fault_kind::wait)) {
      if (task.status == abort) {
        give_up(task);
      } else {
        task.status = wait;
        task.waited = done;
      }
      return;
    }
    if (task.status == doing)
      task.status = done;
    else if (task.status == abort)
      task.status = undo;
    else if (task.status == undoing)
      task.status = undone;
  }

  // --- what goes on next ---------------------------------------------------------------------------

  bool may_be_called(std::size_t which) const {
    const auto& task = tasks_[which];
    switch (task.status) {
    case doing:
    case undoing:
      return !task.is_blocked;
    case do_:
      for (auto before : task.waits_for)
        if (tasks_[before].status != done)
          return false;
      return true;
    case undo:
      for (auto after : waiters(which))
        if (!is_ready(tasks_[after].status))
          return false;
      return true;
    default:
      return false;
    }
  }

  /// Returns whether anything could go on.
  bool step() {
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      if (tasks_[t].is_blocked && tasks_[t].status == abort) {
        tasks_[t].is_blocked = false;
        if (emit(t, false, "-unblock"))
          call_after_block(t, false);
        return true;
      }
    for (std::size_t t = 0; t < tasks_.size(); ++t)
      if (may_be_called(t)) {
        auto status = tasks_[t].status;
        if ((status == undo || status == undoing) && !tasks_[t].has_undo)
          tasks_[t].status = done;
        else
          call(t, status == undo || status == undoing);
        return true;
      }
    bool is_resolved = false;
    for (auto& task : tasks_)
      if (task.status == wait) {
        task.status = task.waited;
        is_resolved = true;
      }
    return is_resolved;
  }

  // --- what is printed -----------------------------------------------------------------------------

  /// The status of some tasks together, as if there were no others.
  task_status together(const indices& which) const {
    if (which.empty())
      return hold;
    std::set<task_status> present;
    for (auto t : which)
      present.insert(tasks_[t].status);
    if (present.contains(wait) && !present.contains(doing) && !present.contains(undoing) &&
        !present.contains(abort)) {
      indices held;
      for (bool grown = true; grown;) {
        auto before = held.size();
        for (auto t : which) {
          auto status = tasks_[t].status;
          for (auto other : status == do_    ? tasks_[t].waits_for
                            : status == undo ? waiters(t)
                                             : indices{})
            if (which.contains(other) && (tasks_[other].status == wait || held.contains(other)))
              held.insert(t);
        }
        grown = held.size() > before;
      }
      bool all_held = true;
      for (auto t : which)
        if (tasks_[t].status == do_ || tasks_[t].status == undo)
          all_held = all_held && held.contains(t);
      if (all_held)
        return wait;
    }
    for (auto status : {abort, undoing, undo, doing, do_, wait, error, undone, done})
      if (present.contains(status))
        return status;
    return hold;
  }

  json::value answer() const {
    json::array events;
    for (const auto& event : events_)
      events.emplace_back(event);
    json::object tasks;
    for (const auto& task : tasks_)
      tasks[task.id] = to_word(task.status);
    json::object lanes;
    for (auto lane : all_lanes()) {
      auto members = tasks_in(lane);
      auto ready = std::all_of(members.begin(), members.end(),
                               [&](auto t) { return is_ready(tasks_[t].status); });
      auto what = to_string(together(members));
      std::string separator = " ";
      for (auto t : members)
        if (tasks_[t].status == doing || tasks_[t].status == undoing || tasks_[t].status == abort) {
          what += separator + tasks_[t].id;
          separator = ", ";
        }
      lanes[std::to_string(lane)] = json::object{{"ready", ready}, {"doing", what}};
    }
    auto change = together(everything());
    std::string message;
    if (change == error) {
      message = "cannot perform the following tasks:";
      for (const auto& task : tasks_)
        if (task.status == error)
          message += "\n- " + task.id + " (" + task.message + ")";
    }
    return json::object{{"events", events},
                        {"tasks", tasks},
                        {"lanes", lanes},
                        {"change", to_word(change)},
                        {"error", message}};
  }

  json::value cycle_answer(const indices& members) const {
    json::array ids;
    std::string list;
    for (auto t : members) {
      ids.emplace_back(tasks_[t].id);
      list += (list.empty() ? "" : ", ") + tasks_[t].id;
    }
    auto message = members.size() == 1
                       ? "cannot order task " + list + ": it waits for itself"
                       : "cannot order tasks " + list + ": they wait for each other in a cycle";
    return json::object{{"error", message}, {"cycle", ids}};
  }

  const scenario& scenario_;
  std::vector<model_task> tasks_;
  std::vector<std::string> events_;
};

} // namespace

json::value model_run(const scenario& of) { return model{of}.run(); }

} // namespace troupe::stress
