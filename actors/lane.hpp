#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"

namespace troupe {

/// What a lane is made with.
struct lane_setup {
  lane_summary summary;
  bool was_in_progress = false;            ///< Before a restart; it asks for admission at once.
  bool was_ever_in = false;                ///< Before a restart it has done critical work.
  std::map<std::string, snap_actor> snaps; ///< Those it has claimed, by instance name.
  change_actor change;
  director_actor director;
};

/// Owns its claims, its admission and its running tasks with their retries.
class lane : public actor_base<lane_actor> {
public:
  lane(caf::actor_config& config, lane_setup setup, company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct task_run;
  using run_ptr = std::shared_ptr<task_run>;
  struct running_task {
    task_job_ptr job;
    std::stop_source stop;
    std::uint64_t run = 0; ///< Tells this run's timer from an earlier one's.
    bool between_runs = false;
    int failures = 0;                      ///< Of what has to succeed.
    wait_for_apps_actor apps{};            ///< Where it needs a vacancy.
    run_ptr waiting{};                     ///< Waits for one: no handler of it runs.
    run_ptr telling{};                     ///< Tells the snap that it is waited for.
    bool is_told_now = false;              ///< Its hook runs.
    snap_actor awaits_turn{};              ///< Of which snap another hook runs.
    std::function<void()> after_telling{}; ///< What has to wait for the hook's end.
  };

  void enter_for(task_id task, bool undo);
  void ask_admission();
  void ask_scheduler(const lane_summary& summary, std::uint64_t asked);
  void enter(const lane_summary& asked_with, const lane_summary& now, const admission_pass& pass,
             std::uint64_t asked);
  void hear_obstacle(const admission_obstacle& what);
  void start(const task_job_ptr& job);
  static std::string base_of(const task_run& run);
  void with_snap(const run_ptr& run, const std::string& name, std::function<void(snap_actor)> then);
  void with_state(const run_ptr& run, std::function<void()> then);
  void use_wiring_for(const run_ptr& run);
  void take_hook_turn_for(const run_ptr& run, std::function<void()> then);
  void execute(const run_ptr& run);
  void open_context(const run_ptr& run, std::function<void()> then);
  void open_context(const run_ptr& run, const std::optional<hook_connection>& connection,
                    std::function<void()> then);
  void pass_over(const run_ptr& run, const std::string& why);
  void close_context(const run_ptr& run);
  void hand_to_performer(const run_ptr& run);
  void await_vacancy(const run_ptr& run);
  void await_next_vacancy(const run_ptr& run);
  void end_wait_for_apps(task_id task);
  void after_telling(const run_ptr& run, std::function<void()> act);
  void take_vacancy(const run_ptr& run);
  void when_admitted(task_id task, std::function<void()> act);
  void give_back_admission();
  void tell_snap(const apps_keep_waiting& what);
  void run_told(const run_ptr& told);
  void end_telling(const run_ptr& told);
  void stop_waiting(task_id task);
  void end_waiting(task_id task);
  void claim(const run_ptr& run);
  void assign_settings_of(const run_ptr& run);
  void command_services_of(const run_ptr& run);
  void finish(const run_ptr& run);
  void apply_updates(const run_ptr& run, std::size_t next);
  void fail_unless_stopping(const run_ptr& run, const caf::error& why);
  void fail(const run_ptr& run, const failure& what);
  void settle(const run_ptr& run);
  void retry_later(const run_ptr& run, const outcomes::retry& when);
  void run_again(task_id task, std::uint64_t run);
  void stop(task_id task);
  void leave();
  caf::result<lane_closed> close(const std::vector<std::string>& held_up);
  void release_claims(owed_reply<lane_closed> reply);
  void tell_waits(task_id task, wait_reason reason);

  lane_setup setup_;
  company_ptr with_;
  enum class admission { outside, asked, inside } admission_ = admission::outside;
  admission_pass pass_;    ///< Of the last admission.
  std::uint64_t asks_ = 0; ///< Tells the answer to this asking from a late one to an earlier.
  std::vector<task_id> before_admission_;
  std::map<task_id, std::function<void()>> on_admission_; ///< Of tasks that aren't critical.
  std::optional<admission_obstacle> obstacle_;            ///< To its admission, as last heard.
  std::map<task_id, running_task> running_;
  std::uint64_t runs_ = 0;
  bool was_inside_; ///< Whether any of its critical tasks may have run.
};

} // namespace troupe
