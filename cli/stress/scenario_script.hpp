#pragma once

#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cli/stress/scenario.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe::stress {

/// Plays the handlers of a scenario's tasks beat by beat: each call of a handler emits one event, until
/// a last one returns its outcome. So something may happen between any two events.
class scenario_script {
public:
  explicit scenario_script(const scenario& what) : scenario_{what} {}

  /// The next beat of this handler. The outcome counts only if has_ended() then says so.
  outcome play(const task_context& context);
  bool has_ended() const { return has_ended_; }

  /// The task that the last beat was of.
  task_id last_played() const { return last_played_; }

  /// The handler that goes on next: the one that is under way, else the first that was told to stop.
  std::optional<task_id> next() const;

  /// Forgets the handlers that are under way, as a restart does.
  void drop_all() { calls_.clear(); }

  const std::vector<std::string>& events() const { return events_; }

private:
  struct call {
    std::vector<std::string> beats;
    std::size_t next = 0;
    bool is_retry = false;
    bool blocks = false; ///< Has just emitted that it blocks.
    outcome result;
    std::stop_token stop;
  };

  call begin(const task_context& context);
  bool has_fault(const std::string& task, bool undo, fault_kind what) const;

  const scenario& scenario_;
  std::map<task_id, call> calls_;
  std::set<std::pair<task_id, bool>> retried_;
  std::vector<std::string> events_;
  task_id last_played_;
  bool has_ended_ = false;
};

/// The number of the task that stands at this place in its file.
constexpr task_id number_of(std::size_t place) { return {place + 1}; }

} // namespace troupe::stress
