#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "runtime/journal/database.hpp"
#include "tests/sim/coverage.hpp"
#include "tests/sim/durable_picture.hpp"
#include "tests/sim/expected_services.hpp"
#include "tests/sim/lanes_at_work.hpp"
#include "tests/sim/whole_operations.hpp"

namespace troupe::sim {

/// Follows what becomes durable, independently of the engine, and checks the design's invariants at
/// each commit. Source of the invariants: design, section "Tests".
class journal_watch : public journal_watcher {
public:
  /// `hits` gets a count for each transition of a task and each condition that is met.
  /// `troubles` is what services have come to so far.
  journal_watch(hit_counts& hits, const world& on, const service_troubles& troubles)
      : hits_{hits}, on_{on}, troubles_{troubles} {}

  void committing(std::span<const journal_batch> batches) override;
  void committed(std::span<const journal_batch> batches) override;

  /// What a daemon has found in the journal when it started: all that was committed, and nothing else
  /// but perhaps a commit that nobody was told of.
  void found(const journal_contents& contents);

  /// To be called once a daemon has started.
  void daemon_started();

  /// To be called whenever no message is under way, with the services that run as SNAP.APP@REVISION.
  /// `is_settled`: they have had the time to start.
  void check_services(const std::set<std::string>& running, bool is_settled);

  /// To be called whenever no message is under way: whoever acts from now on knows what is durable now.
  void all_is_quiet() { recent_settings_ = {picture_.settings}; }

  /// To be called once nothing moves any more: every change has ended, the files are those of the
  /// snaps' states, and the engine knows the same snaps as the journal.
  void check_end(const world& on, const std::vector<snap_state_ptr>& live_states);

  /// Writes a line into the story that is told of a failure.
  void note(const std::string& event);

  /// Something that mustn't be, seen by others.
  void broken(const std::string& rule);

  /// The first rule that was broken, in words; empty while none is.
  const std::string& problem() const { return problem_; }

  /// Whether an undo of this snap has failed, or it was lost half way, so that nothing is known of it.
  bool is_unsure(const std::string& snap) const { return model_.is_unsure(snap); }

  bool knows(change_id id) const { return begun_.contains(id); }
  bool is_any_task(task_status status) const;
  std::size_t lanes_in_progress() const { return lanes_in_progress_; }
  std::size_t unready_changes() const { return live_.size(); }
  const std::set<change_id>& changes() const { return begun_; }
  const std::deque<std::string>& last_events() const { return events_; }

  /// Of all that became durable, in order.
  std::uint64_t digest() const { return digest_; }

private:
  struct watched_change {
    change_record record;
    std::map<std::string, snap_state_ptr> formers; ///< Its snaps as it found them.
    std::map<std::string, std::string> data;       ///< What was in data directories then, by path.
    std::map<task_id, std::size_t> places;
    std::set<task_id> ever_done;
    std::set<lane_number> at_work; ///< Those with a critical task done or undone since they got in.
    service_troubles troubles;     ///< Those when it began.
    bool across_start = false;     ///< A daemon has started since.
    bool undo_failed = false;
  };

  void find_formers(watched_change& change) const;
  void begin(const change_record& record);
  void add(const added_tasks& more);
  void set(const task_row& row);
  void end(const change_end& how);
  void check_automatic(const watched_change& change);
  void check_started();
  void check_owners();
  void check_lanes();
  void check_data(const watched_change& change, const operation& op, bool is_done);
  void check_snapshots(const watched_change& change, const operation& op, bool is_done);
  void follow_services(const watched_change& change, const operation& op, bool is_done);
  std::set<std::string> troubled_amid(const watched_change& change, const operation& op) const;
  bool is_busy(const std::string& snap) const;
  bool check_operation(const watched_change& change, std::size_t place);

  hit_counts& hits_;
  const world& on_;
  const service_troubles& troubles_;
  std::map<change_id, watched_change> live_;
  std::map<task_id, change_id> change_of_;
  std::map<task_id, task_status> started_; ///< Set to Doing or Undoing in the commit that is looked at.
  std::map<std::string, snap_state_ptr> installed_;
  whole_operations model_;
  expected_services services_;
  durable_picture picture_;
  /// Since all was quiet; somebody may still act by any of them.
  std::vector<std::map<std::string, std::string>> recent_settings_;
  std::vector<std::vector<journal_batch>> attempts_; ///< Commits begun since the last that succeeded.
  std::set<change_id> begun_;
  std::size_t lanes_in_progress_ = 0;
  std::deque<std::string> events_;
  std::string problem_;
  std::uint64_t digest_ = 14695981039346656037U;
};

} // namespace troupe::sim
