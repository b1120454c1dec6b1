#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "messages/journal_batch.hpp"
#include "tests/sim/simulated_host.hpp"

namespace troupe::sim {

/// Follows what becomes durable, independently of the engine, and checks the design's invariants at
/// each commit. Source of the invariants: design, section "Tests".
class journal_watch {
public:
  /// `hits` gets a count for each transition of a task: a condition that no run ever met proves nothing.
  explicit journal_watch(std::map<std::string, std::uint64_t>& hits) : hits_{hits} {}

  void committed(std::span<const journal_batch> batches);

  /// The first rule that was broken, in words; empty while none is.
  const std::string& problem() const { return problem_; }

  /// To be called once nothing moves any more: every change has ended, the files are those of the
  /// snaps' states, and the engine knows the same snaps as the journal.
  void check_end(const world& on, const std::vector<snap_state_ptr>& live_states);

  /// Whether an undo of this snap has failed, or it was lost half way, so that nothing is known of it.
  bool is_unsure(const std::string& snap) const { return unsure_.contains(snap); }

  std::size_t changes() const { return changes_; }
  const std::deque<std::string>& last_events() const { return events_; }

  /// Of all that became durable, in order.
  std::uint64_t digest() const { return digest_; }

private:
  struct watched_change {
    change_record record;
    std::map<std::string, snap_state_ptr> formers; ///< Its snaps as it found them.
    std::map<task_id, std::size_t> places;
    std::set<task_id> ever_done;
    std::set<lane_number> at_work; ///< Those with a critical task done or undone since they got in.
    bool undo_failed = false;
  };

  void note(const std::string& event);
  void broken(const std::string& rule);
  void find_formers(watched_change& change) const;
  void begin(const change_record& record);
  void add(const added_tasks& more);
  void set(const task_row& row);
  void end(const change_end& how);
  void check_started();
  void check_owners();
  void check_lanes();
  void check_operation(const watched_change& change, std::size_t place);
  void check_snap_files(const world& on, const std::string& name);

  std::map<std::string, std::uint64_t>& hits_;
  std::map<change_id, watched_change> live_;
  std::map<task_id, change_id> change_of_;
  std::map<task_id, task_status> started_; ///< Set to Doing or Undoing in the commit that is looked at.
  std::map<std::string, snap_state_ptr> installed_;
  std::set<std::string> unsure_; ///< Snaps of which an undo failed, or that were lost half way.
  std::deque<std::string> events_;
  std::string problem_;
  std::size_t changes_ = 0;
  std::uint64_t digest_ = 14695981039346656037U;
};

} // namespace troupe::sim
