#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"
#include "runtime/rules/task_graph.hpp"

namespace troupe {

/// What a change is made with.
struct change_setup {
  std::shared_ptr<const change_record> record;
  bool resumed = false;          ///< It stands in the journal already and goes on after a restart.
  bool starts_when_told = false; ///< Starts no task but by start_next.
  std::map<std::string, snap_found> snaps; ///< Those it has claimed, by instance name.
  director_actor director;
};

/// Owns its task graph; makes each step durable before it lets lanes act on it.
class change : public actor_base<change_actor> {
public:
  change(caf::actor_config& config, change_setup setup, company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<change_id> begin();
  void spawn_lanes();
  void settle(const task_settled& what);
  void take_more(const task_settled& what);
  void add_more(task_id after, const std::vector<task_record>& more, task_id first);
  void take_claims(const claims_granted& granted);
  caf::result<change_view_ptr> abort(const std::function<void()>& how);
  bool give_way(const std::string& snap, bool only_say);
  void advance();
  void take(const task_start& start);
  void begin_start(const task_start& start);
  bool start_next();
  void look_after_tasks();
  void be_looked_after();
  void warn_of_runnable_tasks();
  void give_up_if_old();
  void end_wait(task_id task);
  void stop_told_tasks();
  void forget_start(task_id task);
  task_status durable_status(task_id task) const;
  void commit();
  std::shared_ptr<const journal_batch> next_batch();
  void act_on_commit(const std::vector<lane_number>& ready);
  void hand_to_lane(const task_start& start);
  void end();
  void note(task_id task);

  task_record& task(task_id id) { return record_.tasks[index_.at(id)]; }
  void tell_status();
  void set_wait(task_id task, const wait_reason& reason);
  bool has_effect(task_id id);
  lane_actor& lane_of(const task_record& task);
  void add_log(task_record& task, const std::vector<std::string>& lines);
  std::string failed_tasks() const;
  std::string doing_in(lane_number lane) const;
  change_view_ptr view();
  wait_reason reason_of(const task_record& task) const;

  change_record record_;
  bool resumed_;
  bool stored_;
  std::map<std::string, snap_found> snaps_;
  director_actor director_;
  company_ptr with_;
  task_graph graph_;
  std::unordered_map<task_id, std::size_t> index_;
  std::map<lane_number, lane_actor> lanes_;
  struct entering_task {
    task_start start;
    bool may_have_run = false; ///< Before a restart, or before it was put aside.
  };
  std::map<task_id, entering_task> entering_; ///< Critical ones whose lane isn't in; not durable yet.
  std::vector<task_start> starts_;            ///< To be handed out after the next commit.
  std::vector<task_start> committing_;        ///< Handed out once the commit under way is done.
  std::set<task_id> asks_for_ids_;            ///< Have ended, and wait for ids of what they add.
  std::vector<task_start> interrupted_;       ///< By a restart, and not yet started again.
  std::set<task_id> dirty_;                   ///< Rows that the next commit writes.
  std::vector<added_tasks> added_;            ///< What the next commit adds.
  std::vector<snap_state_ptr> states_;        ///< Snap states that the next commit writes.
  std::unordered_map<task_id, wait_reason> told_waits_;
  std::unordered_map<task_id, caf::actor_clock::time_point> runnable_since_;
  static constexpr auto told_of = caf::actor_clock::time_point::max();
  bool is_looked_after_ = false; ///< The director will ask it what is runnable still.
  std::optional<task_status> told_status_;
  caf::actor_clock::time_point begun_at_;
  bool starts_when_told_;
  enum class phase { fresh, going, ended } phase_ = phase::fresh;
  bool is_stale_ = false; ///< Has been given up for its age.
  bool is_committing_ = false;
  bool closed_ = false;
  owed_reply<change_id> begun_;
  bool begun_owed_ = false;
  change_view_ptr view_; ///< Null once something has changed.
};

} // namespace troupe
