#include <utility>

#include "actors/lane_run.hpp"
#include "actors/wait_for_apps.hpp"

// How a lane waits until nothing of a snap runs. It asks for its admission only then, so that who waits
// for applications holds up nobody; where one has slipped in meanwhile it gives the admission back.

namespace troupe {

void lane::await_vacancy(const run_ptr& run) {
  auto& running = running_.at(run->result.task);
  running.waiting = run;
  if (!running.apps)
    running.apps =
        spawn<wait_for_apps>(vacancy_wait_of(run->context), caf::actor_cast<lane_actor>(this), with_);
  request(running.apps, caf::infinite, troupe::await_vacancy{})
      .then(
          [this, run](const vacated& what) {
            run->context.is_forced = what.is_forced;
            after_telling(run, [this, run] { take_vacancy(run); });
          },
          [this, run](const caf::error& why) {
            after_telling(run, [this, run, why] { fail_unless_stopping(run, why); });
          });
}

// The hook that is told of the wait is a process of the snap too.
void lane::after_telling(const run_ptr& run, std::function<void()> act) {
  auto found = running_.find(run->result.task);
  if (found == running_.end() || found->second.waiting != run)
    return;
  if (found->second.telling)
    found->second.after_telling = std::move(act);
  else
    act();
}

void lane::take_vacancy(const run_ptr& run) {
  when_admitted(run->result.task, [this, run] {
    running_.at(run->result.task).waiting.reset();
    hand_to_performer(run);
  });
}

/// An application has slipped in between the look and the mark.
void lane::await_next_vacancy(const run_ptr& run) {
  give_back_admission();
  if (running_.at(run->result.task).stop.stop_requested())
    return end_waiting(run->result.task);
  await_vacancy(run);
}

/// Runs this at once if the lane is in, else as soon as it is.
void lane::when_admitted(task_id task, std::function<void()> act) {
  if (admission_ == admission::inside)
    return act();
  on_admission_.insert_or_assign(task, std::move(act));
  if (admission_ == admission::outside)
    ask_admission();
  else if (obstacle_)
    tell_waits(task, waits::admission{obstacle_->other, obstacle_->rule});
}

/// Unless a critical task of the lane has used it, or waits for it.
void lane::give_back_admission() {
  if (!was_inside_ && before_admission_.empty() && on_admission_.empty())
    leave();
}

// A hook needs the snap and its base active, so that it is admitted like any other.
void lane::tell_snap(const apps_keep_waiting& what) {
  auto found = running_.find(what.task);
  if (found == running_.end() || !found->second.waiting || found->second.telling)
    return;
  auto& running = found->second;
  const auto& waiting = *running.waiting;
  if (!waiting.kind->while_waiting)
    return;
  auto told = std::make_shared<task_run>(task_run{waiting.kind, waiting.context});
  told->context.log.clear();
  told->context.waited = what.waited;
  told->result.task = what.task;
  running.telling = told;
  with_state(told, [this, told] {
    // The wait may have been stopped meanwhile.
    auto still = running_.find(told->result.task);
    if (still == running_.end() || still->second.telling != told)
      return;
    when_admitted(told->result.task, [this, told] {
      running_.at(told->result.task).is_told_now = true;
      open_context(told, [this, told] { run_told(told); });
    });
  });
}

void lane::run_told(const run_ptr& told) {
  auto work = std::make_shared<const std::function<void()>>(
      [told] { told->result.outcome = told->kind->while_waiting(told->context); });
  auto ended = [this, told] {
    close_context(told);
    end_telling(told);
  };
  request(with_->hooks, caf::infinite, perform_work{std::move(work)})
      .then([ended](work_done) { ended(); }, [ended](const caf::error&) { ended(); });
}

void lane::end_telling(const run_ptr& told) {
  auto task = told->result.task;
  auto& running = running_.at(task);
  running.telling.reset();
  running.is_told_now = false;
  give_back_admission();
  if (running.stop.stop_requested())
    return end_waiting(task);
  auto& log = running.waiting->context.log;
  log.insert(log.end(), told->context.log.begin(), told->context.log.end());
  if (auto act = std::exchange(running.after_telling, nullptr))
    act();
}

/// A task that waits is told to stop.
void lane::stop_waiting(task_id task) {
  auto& running = running_.at(task);
  running.stop.request_stop();
  on_admission_.erase(task);
  give_back_admission();
  if (!running.is_told_now)
    end_waiting(task);
}

void lane::end_wait_for_apps(task_id task) {
  if (auto apps = std::exchange(running_.at(task).apps, nullptr))
    send_exit(apps, caf::exit_reason::user_shutdown);
}

void lane::end_waiting(task_id task) {
  end_wait_for_apps(task);
  running_.erase(task);
  send(setup_.change, task_stopped{task});
}

} // namespace troupe
