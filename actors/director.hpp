#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"

namespace troupe {

/// Owns the set of live snaps and changes, and gives out ids.
class director : public actor_base<director_actor> {
public:
  /// `contents` is what the journal held at start.
  director(caf::actor_config& config, journal_contents contents, company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  struct known_snap {
    snap_actor actor;
    snap_state_ptr state;
    std::size_t users = 0; ///< Live changes, and requests on their way to become one.
  };
  struct starting;
  using starting_ptr = std::shared_ptr<starting>;

  void resume();
  void restore_snaps();
  void restore_change(change_record& record);

  caf::result<change_id> start(const operation_request& request);
  void claim_next(const starting_ptr& op);
  void plan_and_begin(const starting_ptr& op);
  void give_up(const starting_ptr& op, const failure& why);
  void drop(const std::string& name);
  known_snap& use(const std::string& name);
  known_snap& add_snap(const snap_state_ptr& state, const std::optional<claim_owner>& owner);

  caf::result<change_list> list(const list_changes& what);
  caf::result<change_view_ptr> find(change_id id);
  caf::result<change_view_ptr> abort(change_id id);
  void ended(const change_view_ptr& view);
  void keep(const change_view_ptr& view);

  company_ptr with_;
  journal_contents contents_; ///< Emptied once the work of the last run is taken up.
  change_id last_change_;
  task_id last_task_;
  std::map<std::string, known_snap> snaps_;
  std::map<std::string, snap_state_ptr> installed_;
  std::map<change_id, change_actor> live_;
  std::map<change_id, std::vector<operation>> under_way_; ///< What the live changes do.
  std::map<change_id, change_view_ptr> ended_;
  std::deque<change_id> ended_order_; ///< As they ended, the first one first.
};

} // namespace troupe
