#pragma once

#include <cstdint>
#include <random>

#include "actors/actor_base.hpp"
#include "actors/company.hpp"
#include "runtime/rules/refresh_windows.hpp"
#include "runtime/rules/store_request.hpp"

namespace troupe {

/// What a refresher is made with.
struct refresher_setup {
  director_actor director;
  system_settings_ptr settings;
  time_point last;        ///< When stores were last looked at for this; 0: never.
  std::uint64_t seed = 0; ///< Of the moments that a timer leaves open.
};

/// Owns when all snaps are refreshed by themselves: waits for the timer's moments and starts a change
/// for what can go ahead then.
class refresher : public actor_base<refresher_actor> {
public:
  refresher(caf::actor_config& config, refresher_setup setup, company_ptr with);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// The name of the time of the last refresh among the journal's settings, in nanoseconds since 1970.
  static constexpr auto last_refresh_name = "last-refresh";

private:
  void take(const system_settings_ptr& changed);
  void choose_moment(time_point last);
  void sleep_until(time_point moment);
  void look(std::uint64_t alarm);
  void refresh();
  void start(const store_view& view);
  void finish();
  void try_again(const failure& why);
  refresh_times times() const;

  company_ptr with_;
  director_actor director_;
  system_settings_ptr settings_;
  std::mt19937_64 random_;
  time_point last_;
  time_point next_;
  refresh_window window_; ///< That next_ is in; empty once the timer has changed amid a refresh.
  time_point chosen_at_;
  std::uint64_t alarm_ = 0; ///< Of the tick that counts; earlier ones have been made void.
  bool refreshes_ = false;
};

} // namespace troupe
