#include "actors/wait_for_apps.hpp"

#include <algorithm>

#include "actors/cgroup_watcher.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/running_apps.hpp"
#include "runtime/rules/system_settings.hpp"

namespace troupe {

// An undone revision mustn't be started again while it is waited for, whatever the snap wishes.
vacancy_wait vacancy_wait_of(const task_context& context) {
  const auto& job = *context.job;
  vacancy_wait what{job.op->snap, job.change, job.task.id, {}, context.waits};
  if (job.undo)
    what.terms.blocks = true;
  else
    what.terms = vacancy_terms_from(context.setup);
  what.terms.since = job.undo ? context.os().clock->now() : job.task.spawned_at;
  return what;
}

wait_for_apps::wait_for_apps(caf::actor_config& config, vacancy_wait what, lane_actor lane,
                             company_ptr with)
    : actor_base{config, "wait for apps of " + what.snap, with->inspector},
      what_{std::move(what)},
      lane_{std::move(lane)},
      with_{std::move(with)} {}

wait_for_apps::behavior_type wait_for_apps::make_behavior() {
  return {
      [this](await_vacancy) { return await(); },
      [this](const processes_seen& seen) {
        running_ = seen.running;
        ++looks_;
        decide();
      },
      [this](caf::tick_atom) {
        alarm_.reset();
        decide();
      },
  };
}

void wait_for_apps::on_exit() {
  if (watcher_)
    send_exit(watcher_, caf::exit_reason::user_shutdown);
  watcher_ = nullptr;
  lane_ = nullptr;
  reply_ = {};
  what_.waits = nullptr;
}

caf::result<vacated> wait_for_apps::await() {
  reply_ = owe<vacated>();
  is_owed_ = true;
  if (watcher_)
    decide();
  else
    begin();
  return caf::delegated<vacated>{};
}

void wait_for_apps::begin() {
  request(with_->settings, caf::infinite, get_settings{})
      .then(
          [this](const system_settings_ptr& settings) {
            what_.terms.max_inhibition = settings->options.max_inhibition();
            if (what_.terms.blocks)
              mark(true);
            watch();
          },
          [this](const caf::error& why) { refuse(to_failure(why)); });
}

void wait_for_apps::watch() {
  watcher_ = spawn<cgroup_watcher>(what_.snap, with_);
  send(watcher_, follow_processes{caf::actor_cast<processes_follower>(this)});
}

// Once an answer was given only a later look counts: what the earlier one saw has led to nothing, since
// an application was just being started.
void wait_for_apps::decide() {
  if (!is_owed_ || looks_ == 0 || marks_under_way_ > 0)
    return;
  auto now = with_->host->os.clock->now();
  auto step = next_step(what_.terms, running_.empty() && looks_ != answered_, now);
  if (step == vacancy_step::wait)
    return say_who_runs();
  if (step == vacancy_step::fail)
    return refuse(failure{running_text(what_.snap, running_)});
  if (step == vacancy_step::give_up)
    return refuse(failure{running_text(what_.snap, running_) + "; they have not ended in time"});
  is_owed_ = false;
  answered_ = looks_;
  reply_.deliver({step == vacancy_step::force});
}

/// Keeps new applications from starting, or lets them. Nothing is answered before that is done: it must
/// not come after what the answer leads to.
void wait_for_apps::mark(bool inhibited) {
  ++marks_under_way_;
  auto work = std::make_shared<const std::function<void()>>(
      [inhibited, snap = what_.snap, control = with_->host->os.run_control] {
        if (inhibited)
          control->inhibit(snap);
        else
          control->allow(snap);
      });
  request(with_->effects, caf::infinite, perform_work{std::move(work)})
      .then([this](work_done) { end_mark(); },
            [this](const caf::error& why) {
              if (!is_stopping(why))
                spdlog::warn("snap \"{}\": {}", what_.snap, to_failure(why).what());
              end_mark();
            });
}

void wait_for_apps::end_mark() {
  if (--marks_under_way_ > 0)
    return;
  if (refusal_)
    reply_.fail(*refusal_);
  else
    decide();
}

// A start of the daemon keeps applications from starting, in case that nothing runs any more.
void wait_for_apps::say_who_runs() {
  if (what_.waits)
    what_.waits(waits::apps_running{what_.snap, running_});
  if (!reminded_ && !what_.terms.blocks)
    mark(false);
  auto now = with_->host->os.clock->now();
  if (!reminded_ || now - *reminded_ >= limits::refresh_pending_reminder)
    remind();
  auto next = *reminded_ + limits::refresh_pending_reminder;
  if (auto change = next_change_of_step(what_.terms, now))
    next = std::min(next, *change);
  if (alarm_ && *alarm_ <= next)
    return;
  alarm_ = next;
  delayed_send(this, std::max<duration>(next - now, duration{}), caf::tick_atom::value);
}

// No nagging: a warning is for those who have kept a refresh waiting for a day.
void wait_for_apps::remind() {
  auto now = with_->host->os.clock->now();
  auto is_first = !reminded_.has_value();
  reminded_ = now;
  send(with_->notices, add_notice{"refresh-inhibit",
                                  "-",
                                  std::nullopt,
                                  {{"snap", what_.snap}, {"change", to_string(what_.change)}}});
  if (!is_first)
    send(with_->notices,
         add_warning{"the refresh of snap \"" + what_.snap +
                     "\" waits for its applications to be closed; see: troupe why " + what_.snap});
  send(lane_, apps_keep_waiting{what_.task, now - what_.terms.since});
}

// A task that fails is not undone: it leaves nothing of its wait.
void wait_for_apps::refuse(const failure& why) {
  is_owed_ = false;
  refusal_ = why;
  mark(false);
}

} // namespace troupe
