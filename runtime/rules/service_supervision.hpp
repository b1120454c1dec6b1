#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "messages/service.hpp"
#include "messages/snap_info.hpp"

namespace troupe {

/// When a service counts as ready. Source: systemd.service(5), Type.
enum class service_kind : std::uint8_t {
  simple,  ///< Once it is started.
  forking, ///< Once its first process has ended well and left others.
  oneshot, ///< Once its first process has ended well; it stays active.
  notify,  ///< Once it says so.
};

/// What snap.yaml says of a service, within bounds.
struct service_terms {
  service_kind kind = service_kind::simple;
  std::string restart_condition = "on-failure";
  bool has_stop_command = false;
  bool has_post_stop_command = false;
  duration start_timeout{};
  duration stop_timeout{};
  duration restart_delay{}; ///< 0: a short one that grows.
};

service_terms terms_of(const app_info& app);

/// What is to be done to a service's processes.
enum class service_deed : std::uint8_t {
  spawn,
  run_stop_command,
  run_post_stop_command,
  terminate, ///< SIGTERM to all of them.
  kill,      ///< SIGKILL to all of them.
  set_timer, ///< In place of the one before.
};

struct service_action {
  service_deed deed;
  duration after{}; ///< set_timer: when it is time.

  bool operator==(const service_action&) const = default;
};

using service_actions = std::vector<service_action>;

/// How one service is supervised: a state machine that is told what happens and says what to do.
/// Source: systemd.service(5), Restart; StartLimitBurst of systemd.unit(5).
class service_supervision {
public:
  explicit service_supervision(const service_terms& terms) : terms_{terms}, next_terms_{terms} {}

  service_phase phase() const { return phase_; }
  /// Why it has failed, is started again by itself, or is being stopped for it; or empty.
  const std::string& reason() const { return reason_; }
  std::uint32_t restarts() const { return restarts_; }
  bool is_running() const { return is_alive_; }
  /// It has been active since it was last asked to start, whatever has happened to it then.
  bool was_ready() const { return was_ready_; }
  /// It was killed, and yet some of it is there.
  bool is_stuck() const { return is_stuck_; }

  /// What counts from its next start on.
  void change_terms(service_terms terms) { next_terms_ = std::move(terms); }

  service_actions start(time_point now);
  service_actions stop(time_point now);
  service_actions hear(const service_event& what, time_point now);

private:
  enum class step : std::uint8_t { stop_command, terminated, killed, post_stop_command };
  enum class aim : std::uint8_t { inactive, settle, start_again };

  service_actions spawn(time_point now);
  service_actions become_active(time_point now);
  service_actions wind_down(aim next, bool by_command, time_point now);
  service_actions go_on_stopping(time_point now);
  bool is_in_command() const;
  service_actions all_gone(time_point now);
  service_actions settle(time_point now);
  bool is_to_restart() const;
  service_actions restart(time_point now);
  service_actions first_exited(const service_events::exited& how, time_point now);
  service_actions end_of_run(time_point now);

  /// How the run that is over, or about to be, has gone.
  enum class end : std::uint8_t { clean, status, signal, abort, timeout, not_begun };

  static end end_of(int status, int signal);

  service_terms terms_; ///< Of this run.
  service_terms next_terms_;
  service_phase phase_ = service_phase::inactive;
  step step_ = step::terminated;
  aim aim_ = aim::inactive;
  end end_ = end::clean;
  std::string reason_;
  bool is_spawning_ = false; ///< Nobody knows yet whether it could be started.
  bool is_alive_ = false;
  bool was_ready_ = false;
  bool is_stuck_ = false;
  std::uint32_t restarts_ = 0;
  std::uint32_t failures_ = 0; ///< In a row, that make the next restart wait longer.
  time_point active_since_;
  std::deque<time_point> starts_;
};

/// For each of these services those of them that are to be ready before it is started, also where
/// services between them aren't among these. They are stopped in the opposite order.
/// Source: snap.yaml, `before` and `after`.
std::map<std::string, std::set<std::string>> services_before(const snap_info& info,
                                                             const std::set<std::string>& services);

} // namespace troupe
