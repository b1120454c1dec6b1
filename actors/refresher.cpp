#include "actors/refresher.hpp"

#include <algorithm>

#include "actors/store_reading.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

refresher::refresher(caf::actor_config& config, refresher_setup setup, company_ptr with)
    : actor_base{config, "refresher", with->inspector},
      with_{std::move(with)},
      director_{std::move(setup.director)},
      settings_{std::move(setup.settings)},
      random_{setup.seed},
      last_{setup.last} {}

refresher::behavior_type refresher::make_behavior() {
  choose_moment(last_);
  return {
      [this](const settings_changed& what) { take(what.settings); },
      [this](get_refresh_times) { return times(); },
      [this](caf::tick_atom, std::uint64_t alarm) { look(alarm); },
  };
}

void refresher::on_exit() { director_ = nullptr; }

void refresher::take(const system_settings_ptr& changed) {
  auto is_other_timer = changed->options.timer() != settings_->options.timer();
  settings_ = changed;
  if (!is_other_timer)
    return;
  if (refreshes_)
    window_ = {};
  else
    choose_moment(last_);
}

void refresher::choose_moment(time_point last) {
  const auto& clock = with_->host->os.clock;
  local_clock zone{[clock](time_point time) { return clock->to_local(time); },
                   [clock](std::chrono::local_seconds time) { return clock->from_local(time); }};
  chosen_at_ = clock->now();
  window_ = next_window(settings_->options.timer(), last, chosen_at_, zone);
  sleep_until(moment_in(window_, chosen_at_, random_()));
}

void refresher::sleep_until(time_point moment) {
  next_ = moment;
  auto left = std::max(next_ - with_->host->os.clock->now(), duration{});
  delayed_send(this, std::min<duration>(left, limits::refresher_sleep), caf::tick_atom::value, ++alarm_);
}

void refresher::look(std::uint64_t alarm) {
  if (alarm != alarm_ || refreshes_)
    return;
  auto now = with_->host->os.clock->now();
  // The clock was set, or the host was suspended.
  if (now < chosen_at_ || now >= window_.end)
    choose_moment(last_);
  else if (now < next_)
    sleep_until(next_);
  else
    refresh();
}

void refresher::refresh() {
  refreshes_ = true;
  read_stores(
      this, director_, with_, [this](const store_view& view) { start(view); },
      [this](const failure& why) { try_again(why); });
}

void refresher::start(const store_view& view) {
  if (view.index.snaps.empty() && view.faults.front() == no_store)
    return finish();
  if (view.index.snaps.empty())
    throw failure{failure_kind::unavailable, "cannot refresh snaps: " + view.faults.front()};
  operation_request wanted;
  wanted.refreshes_all = true;
  wanted.is_automatic = true;
  wanted.notes = fill_from_stores(wanted, view);
  for (const auto& note : wanted.notes)
    spdlog::info("automatic refresh: {}", note);
  if (wanted.snaps.empty())
    return finish();
  request(director_, caf::infinite, start_operation{std::move(wanted)})
      .then([this](change_id) { finish(); },
            [this](const caf::error& why) {
              if (auto what = to_failure(why); what.kind() == failure_kind::no_update_available)
                finish();
              else
                try_again(what);
            });
}

void refresher::finish() {
  refreshes_ = false;
  last_ = with_->host->os.clock->now();
  auto batch = std::make_shared<journal_batch>();
  batch->settings.emplace(last_refresh_name, std::to_string(last_.time_since_epoch().count()));
  send(with_->journal, append_later{std::move(batch)});
  choose_moment(last_);
}

// Outside the timer's windows there are no refreshes.
void refresher::try_again(const failure& why) {
  refreshes_ = false;
  auto now = with_->host->os.clock->now();
  auto again = now + limits::refresh_retry;
  if (again < window_.end)
    sleep_until(again);
  else
    choose_moment(now);
  spdlog::info("automatic refresh: {}; trying again at {}", why.what(), to_rfc3339(next_));
}

refresh_times refresher::times() const { return {to_string(settings_->options.timer()), last_, next_}; }

} // namespace troupe
