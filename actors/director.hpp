#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"
#include "runtime/rules/claim_table.hpp"
#include "runtime/rules/planner.hpp"
#include "runtime/rules/system_settings.hpp"

namespace troupe {

struct change_setup;

/// Owns the set of live snaps and changes, and gives out ids; says which change may claim which snaps.
class director : public actor_base<director_actor> {
public:
  /// `contents` is what the journal held at start.
  director(caf::actor_config& config, journal_contents contents, system_settings_ptr settings,
           company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct known_snap {
    snap_actor actor;
    snap_state_ptr state;
    std::size_t users = 0; ///< Live changes, and requests on their way to become one.
  };
  struct live_change {
    change_actor actor;
    std::vector<operation> operations; ///< Those under way; none while it waits for its claims.
  };
  /// A request on its way to become a change, or to get the claims that its change waits for.
  struct starting {
    operation_request request;
    claim_owner owner; ///< As it will show to others; the lane is of no matter.
    std::vector<std::string> names;
    std::map<std::string, snap_found> granted;
    owed_reply<change_id> begun;
  };
  using starting_ptr = std::shared_ptr<starting>;
  /// A change that waits for its claims.
  struct claiming {
    operation_request request;
    std::vector<std::string> names;
    task_id task;                                    ///< Its task that waits; 0 until that has asked.
    std::optional<owed_reply<claims_granted>> reply; ///< Set while that task waits.
    std::optional<claim_table::obstacle> told; ///< What its task waits for, as the change knows it.
    bool is_granted = false;
    std::optional<time_point> until;
  };

  void go_on();
  void restore_snaps();
  void restore_admissions();
  void restore_change(change_record& record);

  // Starting a change; in director_starts.cpp.

  caf::result<change_id> start(const operation_request& request);
  void take_settings(operation_request& request) const;
  void ask_for_claims(const starting_ptr& op);
  std::optional<failure> pass_over_busy(const starting_ptr& op);
  void ask_to_give_way(const starting_ptr& op, bool only_say);
  void begin_waiting(const starting_ptr& op);
  void claim_all(const starting_ptr& op, const std::function<void()>& granted,
                 const std::function<void(const failure&)>& failed);
  static void assign_lanes(const starting_ptr& op, const std::vector<operation>& operations);
  void begin_granted(const starting_ptr& op);
  void begin(const starting_ptr& op, change_setup setup, std::vector<operation> operations);
  void give_up(const starting_ptr& op, const failure& why);
  void release(const starting_ptr& op, std::function<void()> released);
  plan_context context_for(change_id change);
  caf::result<change_record_ptr> plan_only(const operation_request& request);
  failure conflict(const claim_table::obstacle& obstacle) const;
  static std::optional<time_point> wait_limit_of(const task_record& task);

  caf::result<claims_granted> claim_for(const claim_for_change& what);
  void queue_up(change_id change, const operation_request& request, std::optional<time_point> until);
  void grant(change_id change);
  void stop_claiming(change_id change);
  void give_up_claiming(change_id change);
  void tell_obstacle(change_id change);
  void release_unneeded(const starting_ptr& op, const std::vector<operation>& operations);
  void free_claims(change_id change);

  void drop(const std::string& name);
  static snap_state_ptr unknown_state(const std::string& name);
  known_snap& use(const std::string& name);
  known_snap& add_snap(const snap_state_ptr& state, const std::optional<claim_owner>& owner);

  caf::result<change_list> list(const list_changes& what);
  caf::result<change_view_ptr> find(change_id id);
  caf::result<change_view_ptr> abort(const abort_change_by_id& what);
  void ended(const change_view_ptr& view);
  void clean_up(const change_view_ptr& view);
  void prune();
  void look_after(change_id id);
  void await_ages();

  company_ptr with_;
  system_settings_ptr settings_;
  journal_contents contents_; ///< Emptied once the work of the last run is taken up.
  change_id last_change_;
  task_id last_task_;
  std::map<std::string, known_snap> snaps_;
  std::map<std::string, snap_state_ptr> installed_;
  claim_table claims_;
  std::map<change_id, claim_owner> owners_; ///< Of all that own claims or wait for them.
  std::map<change_id, claiming> claiming_;
  std::map<change_id, live_change> live_;
  std::map<change_id, int> cleanup_tries_; ///< Of ended changes after which something can't be removed.
  std::set<change_id> runnable_; ///< Have said that tasks of theirs could run, and will be asked.
  bool looks_at_ages_ = false; ///< Whether it has set itself a time to see whether changes are too old.
  std::map<change_id, change_view_ptr> ended_;
  std::deque<change_id> ended_order_; ///< As they ended, the first one first.
};

} // namespace troupe
