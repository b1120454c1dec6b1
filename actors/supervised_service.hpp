#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host/service_log.hpp"
#include "runtime/rules/service_supervision.hpp"
#include "runtime/tasks/service_specs.hpp"
#include "runtime/tasks/task_kinds.hpp"

namespace troupe {

/// What a supervised service needs its actor for.
struct service_hands {
  /// Does this work elsewhere, and lets the run hear of what comes of it.
  std::function<void(workplace, std::function<std::optional<service_event>()>, std::uint64_t run)> work;
  /// Lets the run hear of what has happened; from any thread.
  std::function<void(std::uint64_t run, service_event)> tell;
  /// Calls time_is_up with this number after that time.
  std::function<void(duration, std::uint64_t timer)> set_timer;
};

/// One service of a snap: its state machine, its processes and its log. For its actor only.
class supervised_service {
public:
  supervised_service(const task_host& host, service_origin from, std::shared_ptr<host::service_log> log,
                     service_hands hands);

  const service_supervision& machine() const { return machine_; }
  const snap_info& info() const { return *running_from_.info; }
  service_status status() const;

  /// Why it isn't what it was asked to be, with what it has written last.
  std::string trouble() const;

  /// Uses this from its next start on.
  void use(service_origin from);

  void start();
  void stop();
  void hear(std::uint64_t run, const service_event& what);
  void time_is_up(std::uint64_t timer);

  /// Kills what is left of it, whatever it is about to do.
  void kill();

  /// Its reload-command, to be run on a performer, which throws failure if it fails. Empty: it has none.
  std::function<void()> reload_work() const;

private:
  /// Shared with the performers that start and end it.
  struct processes {
    std::unique_ptr<host::service_processes::run> run;
  };

  time_point now() const { return host_.os.clock->now(); }
  void carry_out(const service_actions& actions);
  void spawn();
  void run_command(const std::string& command, duration time_limit);
  void end_all(bool by_force);
  std::function<host::process_result()> command_work(const std::string& command,
                                                     duration time_limit) const;

  const task_host& host_;
  service_origin running_from_;
  service_origin next_from_;
  service_hands hands_;
  service_supervision machine_;
  std::shared_ptr<host::service_log> log_;
  std::shared_ptr<processes> processes_;
  std::uint64_t run_ = 0;
  std::uint64_t timer_ = 0;
  bool is_spawning_ = false;
  std::vector<service_event> early_; ///< Heard before that it has been started.
};

} // namespace troupe
