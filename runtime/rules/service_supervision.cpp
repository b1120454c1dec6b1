#include "runtime/rules/service_supervision.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <variant>

#include "runtime/limits.hpp"
#include "runtime/rules/duration_text.hpp"

namespace troupe {

namespace {

template <class... Cases>
struct overloaded : Cases... {
  using Cases::operator()...;
};

service_kind kind_of(const std::string& daemon) {
  if (daemon == "forking")
    return service_kind::forking;
  if (daemon == "oneshot")
    return service_kind::oneshot;
  return daemon == "notify" ? service_kind::notify : service_kind::simple;
}

duration bounded(std::uint64_t milliseconds, duration fallback) {
  const auto most = std::chrono::milliseconds{limits::service_time_most};
  if (milliseconds == 0)
    return fallback;
  return std::min<duration>(
      most, std::chrono::milliseconds{std::min(milliseconds, static_cast<std::uint64_t>(most.count()))});
}

// Source: systemd.service(5), SuccessExitStatus.
bool is_clean_signal(int signal) {
  constexpr std::array clean{SIGHUP, SIGINT, SIGTERM, SIGPIPE};
  return std::ranges::find(clean, signal) != clean.end();
}

// Source: systemd.service(5), on-abort: a signal that dumps core.
bool is_abort(int signal) {
  constexpr std::array aborts{SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};
  return std::ranges::find(aborts, signal) != aborts.end();
}

std::string text_of(const service_events::exited& how) {
  return how.signal ? "killed by signal " + std::to_string(how.signal)
                    : "exit status " + std::to_string(how.status);
}

std::string text_of(duration time) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return milliseconds < 1'000 ? std::to_string(milliseconds) + "ms" : duration_text(time);
}

service_action timer(duration after) { return {service_deed::set_timer, after}; }

} // namespace

service_terms terms_of(const app_info& app) {
  service_terms terms;
  terms.kind = kind_of(app.daemon);
  if (!app.restart_condition.empty())
    terms.restart_condition = app.restart_condition;
  terms.has_stop_command = !app.stop_command.empty();
  terms.has_post_stop_command = !app.post_stop_command.empty();
  terms.start_timeout = bounded(app.start_timeout_ms, limits::service_start);
  terms.stop_timeout = bounded(app.stop_timeout_ms, limits::service_stop);
  terms.restart_delay = bounded(app.restart_delay_ms, duration::zero());
  return terms;
}

service_actions service_supervision::start(time_point now) {
  if (phase_ == service_phase::active)
    return {};
  was_ready_ = false;
  if (phase_ == service_phase::starting)
    return {};
  restarts_ = 0;
  failures_ = 0;
  starts_.clear();
  if (phase_ == service_phase::stopping) {
    aim_ = aim::start_again;
    return {};
  }
  return spawn(now);
}

service_actions service_supervision::stop(time_point now) {
  if (phase_ == service_phase::stopping) {
    aim_ = aim::inactive;
    if (!std::exchange(is_stuck_, false))
      return {};
    step_ = step::terminated;
    return go_on_stopping(now);
  }
  reason_.clear();
  if (phase_ == service_phase::starting || phase_ == service_phase::active)
    return wind_down(aim::inactive, true, now);
  phase_ = service_phase::inactive;
  return {};
}

service_actions service_supervision::hear(const service_event& what, time_point now) {
  using namespace service_events;
  const auto is_starting = phase_ == service_phase::starting;
  return std::visit(overloaded{
                        [&](const spawned&) -> service_actions {
                          is_spawning_ = false;
                          if (phase_ == service_phase::stopping)
                            return go_on_stopping(now);
                          return is_starting && terms_.kind == service_kind::simple ? become_active(now)
                                                                                    : service_actions{};
                        },
                        [&](const not_spawned& it) -> service_actions {
                          is_spawning_ = is_alive_ = false;
                          end_ = end::not_begun;
                          reason_ = it.why;
                          if (is_starting)
                            aim_ = aim::settle;
                          return settle(now);
                        },
                        [&](const ready&) -> service_actions {
                          return is_starting && terms_.kind == service_kind::notify ? become_active(now)
                                                                                    : service_actions{};
                        },
                        [&](const exited& how) { return first_exited(how, now); },
                        [&](const vacated&) -> service_actions {
                          const auto was_alive = std::exchange(is_alive_, false);
                          if (phase_ == service_phase::stopping)
                            return is_in_command() ? service_actions{} : all_gone(now);
                          // A oneshot service stays active without processes.
                          const auto ends = was_alive && phase_ == service_phase::active &&
                                            terms_.kind == service_kind::forking;
                          if (!ends)
                            return {};
                          end_ = end::clean;
                          reason_ = "its processes have ended";
                          return end_of_run(now);
                        },
                        [&](const command_ended&) -> service_actions {
                          if (phase_ != service_phase::stopping)
                            return {};
                          if (step_ == step::post_stop_command)
                            return settle(now);
                          return step_ == step::stop_command ? go_on_stopping(now) : service_actions{};
                        },
                        [&](const time_is_up&) -> service_actions {
                          if (phase_ == service_phase::waiting)
                            return spawn(now);
                          if (phase_ == service_phase::stopping)
                            return go_on_stopping(now);
                          if (!is_starting)
                            return {};
                          end_ = end::timeout;
                          reason_ = "it isn't ready after " + text_of(terms_.start_timeout);
                          return wind_down(aim::settle, false, now);
                        },
                    },
                    what);
}

service_actions service_supervision::spawn(time_point now) {
  terms_ = next_terms_;
  starts_.push_back(now);
  phase_ = service_phase::starting;
  reason_.clear();
  is_spawning_ = is_alive_ = true;
  is_stuck_ = false;
  return {{service_deed::spawn}, timer(terms_.start_timeout)};
}

service_actions service_supervision::become_active(time_point now) {
  phase_ = service_phase::active;
  was_ready_ = true;
  active_since_ = now;
  return {};
}

service_actions service_supervision::first_exited(const service_events::exited& how, time_point now) {
  is_alive_ = how.leaves_others;
  if (phase_ == service_phase::stopping) {
    return is_alive_ || is_in_command() ? service_actions{} : all_gone(now);
  }
  const auto is_first_done = how.status == 0 && phase_ == service_phase::starting;
  if (is_first_done && terms_.kind == service_kind::oneshot)
    return become_active(now);
  if (is_first_done && terms_.kind == service_kind::forking && how.leaves_others)
    return become_active(now);
  const auto was_starting = phase_ == service_phase::starting;
  if (!was_starting && phase_ != service_phase::active)
    return {};
  end_ = end_of(how.status, how.signal);
  reason_ = text_of(how);
  if (was_starting && end_ == end::clean) {
    end_ = end::status;
    reason_ = "it ended before it was ready: " + reason_;
  }
  return end_of_run(now);
}

service_supervision::end service_supervision::end_of(int status, int signal) {
  if (status == 0 || is_clean_signal(signal))
    return end::clean;
  if (signal == 0)
    return end::status;
  return is_abort(signal) ? end::abort : end::signal;
}

/// What its first process has left has to go before it can be started again.
service_actions service_supervision::end_of_run(time_point now) {
  if (now - active_since_ >= limits::service_restart_forgotten && phase_ == service_phase::active)
    failures_ = 0;
  if (is_alive_)
    return wind_down(aim::settle, false, now);
  aim_ = aim::settle;
  return all_gone(now);
}

service_actions service_supervision::wind_down(aim next, bool by_command, time_point now) {
  phase_ = service_phase::stopping;
  aim_ = next;
  step_ = step::stop_command;
  if (by_command && terms_.has_stop_command && !is_spawning_)
    return {{service_deed::run_stop_command}, timer(terms_.stop_timeout)};
  return go_on_stopping(now);
}

bool service_supervision::is_in_command() const {
  return step_ == step::stop_command || step_ == step::post_stop_command;
}

service_actions service_supervision::go_on_stopping(time_point now) {
  if (is_spawning_)
    return {};
  if (!is_alive_ && step_ != step::post_stop_command)
    return all_gone(now);
  switch (step_) {
  case step::stop_command:
    step_ = step::terminated;
    return {{service_deed::terminate}, timer(terms_.stop_timeout)};
  case step::terminated:
    step_ = step::killed;
    return {{service_deed::kill}, timer(limits::process_stop_grace)};
  case step::killed:
    is_stuck_ = true;
    return {};
  case step::post_stop_command:
    break;
  }
  return {};
}

service_actions service_supervision::all_gone(time_point now) {
  if (terms_.has_post_stop_command) {
    phase_ = service_phase::stopping;
    step_ = step::post_stop_command;
    return {{service_deed::run_post_stop_command}};
  }
  return settle(now);
}

service_actions service_supervision::settle(time_point now) {
  is_stuck_ = false;
  if (aim_ == aim::start_again)
    return spawn(now);
  if (aim_ == aim::inactive) {
    phase_ = service_phase::inactive;
    end_ = end::clean;
    return {};
  }
  if (is_to_restart())
    return restart(now);
  phase_ = end_ == end::clean ? service_phase::ended : service_phase::failed;
  return {};
}

bool service_supervision::is_to_restart() const {
  const auto& condition = terms_.restart_condition;
  if (condition == "always")
    return true;
  switch (end_) {
  case end::clean:
    return condition == "on-success";
  case end::status:
  case end::not_begun:
    return condition == "on-failure";
  case end::signal:
  case end::timeout:
    return condition == "on-failure" || condition == "on-abnormal";
  case end::abort:
    return condition == "on-failure" || condition == "on-abnormal" || condition == "on-abort";
  }
  return false;
}

service_actions service_supervision::restart(time_point now) {
  while (!starts_.empty() && now - starts_.front() >= limits::service_starts_window)
    starts_.pop_front();
  if (starts_.size() >= limits::service_starts) {
    phase_ = service_phase::failed;
    reason_ += "; start request repeated too quickly";
    return {};
  }
  phase_ = service_phase::waiting;
  ++restarts_;
  const auto doubled = std::min<std::uint32_t>(failures_++, 20);
  const auto delay = std::max<duration>(
      terms_.restart_delay,
      std::min<duration>(limits::service_restart * (1U << doubled), limits::service_restart_longest));
  return {timer(delay)};
}

std::map<std::string, std::set<std::string>> services_before(const snap_info& info,
                                                             const std::set<std::string>& services) {
  std::map<std::string, std::set<std::string>> directly;
  for (const auto& app : info.apps) {
    directly[app.name].insert(app.after.begin(), app.after.end());
    for (const auto& later : app.before)
      directly[later].insert(app.name);
  }
  std::map<std::string, std::set<std::string>> result;
  for (const auto& name : services) {
    auto& earlier = result[name];
    std::set<std::string> seen{name};
    std::vector<std::string> open{name};
    while (!open.empty()) {
      auto at = std::move(open.back());
      open.pop_back();
      for (const auto& other : directly[at])
        if (seen.insert(other).second) {
          open.push_back(other);
          if (services.contains(other))
            earlier.insert(other);
        }
    }
  }
  return result;
}

} // namespace troupe
