#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"
#include "runtime/rules/vacancy_wait.hpp"

namespace troupe {

/// What a wait for a snap's applications is made with.
struct vacancy_wait {
  std::string snap;
  change_id change;
  task_id task;
  vacancy_terms terms;
  std::function<void(const wait_reason&)> waits; ///< Says what the task waits for.
};

/// The wait that a task which needs a vacancy asks for.
vacancy_wait vacancy_wait_of(const task_context& context);

/// Waits for one task until nothing of a snap runs, and lets the people concerned know.
class wait_for_apps : public actor_base<wait_for_apps_actor> {
public:
  wait_for_apps(caf::actor_config& config, vacancy_wait what, lane_actor lane, company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  caf::result<vacated> await();
  void begin();
  void watch();
  void decide();
  void mark(bool inhibited);
  void end_mark();
  void say_who_runs();
  void remind();
  void refuse(const failure& why);

  vacancy_wait what_;
  lane_actor lane_;
  company_ptr with_;
  cgroup_watcher_actor watcher_;
  owed_reply<vacated> reply_;
  bool is_owed_ = false;
  unsigned marks_under_way_ = 0;
  std::optional<failure> refusal_{};
  std::vector<snap_process> running_;
  std::uint64_t looks_ = 0;    ///< How often what runs was seen.
  std::uint64_t answered_ = 0; ///< How often it had been when the last answer was given.
  std::optional<time_point> reminded_;
  std::optional<time_point> alarm_; ///< When it wakes by itself.
};

} // namespace troupe
