#include "actors/lane_run.hpp"

#include <algorithm>
#include <tuple>

#include "runtime/limits.hpp"
#include "runtime/rules/waiting.hpp"
#include "runtime/tasks/connection_attributes.hpp"
#include "runtime/tasks/hook_opening.hpp"
#include "runtime/tasks/service_tasks.hpp"

namespace troupe {

lane::lane(caf::actor_config& config, lane_setup setup, company_ptr with)
    : actor_base{config, "lane " + to_string(setup.summary.key), with->inspector},
      setup_{std::move(setup)},
      with_{std::move(with)},
      was_inside_{setup_.was_ever_in} {}

lane::behavior_type lane::make_behavior() {
  if (setup_.was_in_progress)
    ask_admission();
  return {
      [this](const enter_for_task& what) { enter_for(what.task, what.undo); },
      [this](const run_task& what) { start(what.job); },
      [this](const stop_task& what) { stop(what.task); },
      [this](lane_is_ready) { leave(); },
      [this](const close_lane& what) { return close(what.held_up); },
      [this](const kept_out& what) { hear_obstacle(what.obstacle); },
      [this](const retry_now& what) {
        if (auto found = running_.find(what.task); found != running_.end())
          run_again(what.task, found->second.run);
      },
      [this](const apps_keep_waiting& what) { tell_snap(what); },
      [this](caf::tick_atom, task_id task, std::uint64_t run) { run_again(task, run); },
  };
}

// A lane that dies with the daemon must not leave hooks running that nobody waits for.
void lane::on_exit() {
  for (auto& [task, running] : running_) {
    running.stop.request_stop();
    if (running.apps)
      send_exit(running.apps, caf::exit_reason::user_shutdown);
    running.waiting.reset();
    running.telling.reset();
    running.awaits_turn = nullptr;
  }
  on_admission_.clear();
  setup_.snaps.clear();
  setup_.change = nullptr;
  setup_.director = nullptr;
}

// The start of a critical task becomes durable only then, so that the journal knows who was in.
void lane::enter_for(task_id task, bool undo) {
  // Where nothing critical was done, nothing critical is undone, and nobody has to be waited for.
  auto undoes_nothing = undo && !was_inside_;
  if (admission_ == admission::inside)
    was_inside_ = true;
  if (admission_ == admission::inside || undoes_nothing)
    return send(setup_.change, task_may_start{task});
  before_admission_.push_back(task);
  if (admission_ == admission::outside)
    ask_admission();
  else if (obstacle_)
    tell_waits(task, waits::admission{obstacle_->other, obstacle_->rule});
}

void lane::ask_admission() {
  admission_ = admission::asked;
  request(setup_.director, caf::infinite, complete_summary{setup_.summary})
      .then([this, asked = ++asks_](const lane_summary& summary) { ask_scheduler(summary, asked); },
            [](const caf::error&) {});
}

void lane::ask_scheduler(const lane_summary& summary, std::uint64_t asked) {
  if (admission_ != admission::asked || asked != asks_)
    return;
  request(with_->scheduler, caf::infinite, admit_lane{summary})
      .then(
          [this, asked, summary](const admitted& what) {
            if (admission_ != admission::asked || asked != asks_)
              return;
            // Snaps that came while it waited may be its peers now.
            request(setup_.director, caf::infinite, complete_summary{setup_.summary})
                .then([this, asked, what,
                       summary](const lane_summary& now) { enter(summary, now, what.pass, asked); },
                      [](const caf::error&) {});
          },
          [](const caf::error&) {});
}

void lane::enter(const lane_summary& asked_with, const lane_summary& now, const admission_pass& pass,
                 std::uint64_t asked) {
  if (admission_ != admission::asked || asked != asks_)
    return;
  if (now.bases != asked_with.bases || now.connected_to != asked_with.connected_to) {
    leave();
    return ask_admission();
  }
  admission_ = admission::inside;
  pass_ = pass;
  was_inside_ = was_inside_ || !before_admission_.empty();
  obstacle_.reset();
  for (auto task : std::exchange(before_admission_, {}))
    send(setup_.change, task_may_start{task});
  for (const auto& [task, act] : std::exchange(on_admission_, {}))
    act();
}

void lane::hear_obstacle(const admission_obstacle& what) {
  obstacle_ = what;
  for (auto task : before_admission_)
    tell_waits(task, waits::admission{what.other, what.rule});
  for (const auto& [task, act] : on_admission_)
    if (!running_.at(task).telling)
      tell_waits(task, waits::admission{what.other, what.rule});
}

void lane::start(const task_job_ptr& job) {
  auto& running = running_[job->task.id];
  running = {job, std::stop_source{}, ++runs_, false, running.failures, running.apps};
  tell_waits(job->task.id, waits::runnable{});
  auto run = std::make_shared<task_run>(
      task_run{with_->find_kind(job->task.kind), {*with_->host, job}, {}, {}});
  run->result.task = job->task.id;
  run->result.undo = job->undo;
  if (!run->kind) {
    run->result.outcome = troupe::done();
    run->result.outcome.log.emplace_back("INFO no handler for task, task ignored");
    return settle(run);
  }
  try {
    run->context.setup = json::parse_object(job->task.setup);
    run->context.memo = json::parse_object(job->task.memo);
    run->context.memo_before = json::parse_object(job->memo_before);
  } catch (const failure& what) {
    return fail(run, what);
  }
  run->context.stop = running.stop.get_token();
  run->context.advance = [change = setup_.change, task = job->task.id](const task_progress& progress) {
    caf::anon_send(change, task_advances{task, progress});
  };
  run->context.waits = [change = setup_.change, task = job->task.id](const wait_reason& reason) {
    caf::anon_send(change, task_waits{task, reason});
  };
  with_state(run, [this, run] { execute(run); });
}

/// The base whose state a run wants to know; empty for none.
std::string lane::base_of(const task_run& run) {
  const auto& context = run.context;
  return run.kind->reads_base && context.knows_info() ? context.info().base : std::string{};
}

/// Finds the actor of a snap, which may be another one's that the lane is a guest of.
void lane::with_snap(const run_ptr& run, const std::string& name, std::function<void(snap_actor)> then) {
  if (auto own = setup_.snaps.find(name); own != setup_.snaps.end())
    return then(own->second);
  request(setup_.director, caf::infinite, find_snap{name})
      .then(
          [this, run, name, then](const snap_found& found) {
            if (found.actor)
              return then(found.actor);
            auto why = "snap \"" + name + "\" is no longer installed";
            if (run->kind->takes_turn)
              return pass_over(run, why);
            fail(run, failure{failure_kind::snap_not_installed, why});
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

/// Finds out how the run's snap and its base stand.
void lane::with_state(const run_ptr& run, std::function<void()> then) {
  const auto& job = *run->context.job;
  auto failed = [this, run](const caf::error& why) { fail_unless_stopping(run, why); };
  if (!job.op)
    return then();
  with_snap(run, run->context.snap(), [this, run, then, failed](const snap_actor& subject) {
    run->subject = subject;
    request(subject, caf::infinite, read_state{})
        .then(
            [this, run, then, failed](const snap_state_ptr& state) {
              run->context.state = state;
              auto base = base_of(*run);
              if (base.empty())
                return then();
              request(setup_.director, caf::infinite, find_snap{base})
                  .then(
                      [run, then](const snap_found& base) {
                        run->context.base_state = base.state;
                        then();
                      },
                      failed);
            },
            failed);
  });
}

void lane::execute(const run_ptr& run) {
  if (run->kind->where == workplace::claims && !run->context.job->undo)
    return claim(run);
  if (run->kind->where == workplace::settings)
    return assign_settings_of(run);
  if (run->kind->where == workplace::services)
    return command_services_of(run);
  if (run->kind->where == workplace::switchboard)
    return use_wiring_for(run);
  if (run->kind->where == workplace::lane || run->kind->where == workplace::claims) {
    try {
      run->handle();
    } catch (const std::exception& what) {
      return fail(run, failure{failure_kind::internal, what.what()});
    }
    return finish(run);
  }
  if (run->kind->awaits_vacancy(run->context.job->undo))
    return await_vacancy(run);
  if (!run->kind->takes_turn)
    return hand_to_performer(run);
  take_hook_turn_for(run, [this, run] {
    if (run->kind->has_context)
      return open_context(run, [this, run] { hand_to_performer(run); });
    hand_to_performer(run);
  });
}

// One after the other, so that no two lanes connect what only one may.
void lane::use_wiring_for(const run_ptr& run) {
  auto use = [run](wiring& wires) {
    run->context.wires = &wires;
    run->handle();
    run->context.wires = nullptr;
  };
  request(with_->switchboard, caf::infinite,
          use_wiring{std::make_shared<const std::function<void(wiring&)>>(std::move(use))})
      .then([this, run](wiring_used) { finish(run); },
            [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

// Hooks of a snap run one at a time, and so do changes of its profile, also for lanes that are guests.
void lane::take_hook_turn_for(const run_ptr& run, std::function<void()> then) {
  auto task = run->result.task;
  running_.at(task).awaits_turn = run->subject;
  tell_waits(task, waits::hook_turn{run->context.snap()});
  request(run->subject, caf::infinite, take_hook_turn{task})
      .then(
          [this, run, task, then = std::move(then)](hook_turn) {
            auto& running = running_.at(task);
            running.awaits_turn = nullptr;
            run->has_turn = true;
            if (!running.stop.stop_requested())
              return with_state(run, then);
            close_context(run);
            running_.erase(task);
            send(setup_.change, task_stopped{task});
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

// What the process may ask for depends on what it is a part of, so it is known before it begins.
void lane::open_context(const run_ptr& run, std::function<void()> then) {
  if (!run->context.setup.contains("connection"))
    return open_context(run, std::nullopt, then);
  auto found = std::make_shared<std::optional<hook_connection>>();
  auto look = [run, found](const wiring& wires) { *found = hook_connection_of(run->context, wires); };
  request(with_->switchboard, caf::infinite,
          use_wiring{std::make_shared<const std::function<void(wiring&)>>(std::move(look))})
      .then(
          [this, run, found, then = std::move(then)](wiring_used) {
            if (*found)
              return open_context(run, *found, then);
            pass_over(run, "one of the snaps is no longer enabled, or has no such plug or slot");
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

// What a hook has said is taken back all the same.
void lane::pass_over(const run_ptr& run, const std::string& why) {
  if (!run->context.job->undo)
    return fail(run, failure{"cannot perform " + run->context.job->task.kind + ": " + why});
  close_context(run);
  run->context.passed_over = why;
  try {
    run->handle();
  } catch (const failure& fault) {
    return fail(run, fault);
  }
  finish(run);
}

void lane::open_context(const run_ptr& run, const std::optional<hook_connection>& connection,
                        std::function<void()> then) {
  open_hook_context opening;
  try {
    std::tie(opening.what, opening.words) = hook_opening_of(run->context);
  } catch (const failure& why) {
    return fail(run, why);
  }
  opening.what.connection = connection;
  request(with_->hook_contexts, caf::infinite, std::move(opening))
      .then(
          [run, then](const hook_access& access) {
            run->context.access = access;
            then();
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

// Before anybody hears that the task has ended, so that nobody can use the cookie after that.
void lane::close_context(const run_ptr& run) {
  if (!run->context.access.cookie.empty())
    send(with_->hook_contexts, close_hook_context{std::exchange(run->context.access.cookie, {})});
  if (std::exchange(run->has_turn, false))
    send(run->subject, end_hook_turn{run->result.task});
}

void lane::hand_to_performer(const run_ptr& run) {
  tell_waits(run->context.job->task.id, waits::slot{with_->pool_name(run->kind->where)});
  auto begin = [run, clock = with_->host->os.clock] {
    run->context.waits(waits::running{clock->now()});
    run->handle();
  };
  auto work = std::make_shared<const std::function<void()>>(std::move(begin));
  request(with_->pool(run->kind->where), caf::infinite, perform_work{std::move(work)})
      .then(
          [this, run](work_done) {
            close_context(run);
            finish(run);
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

// A change that isn't granted its claims goes on as soon as it is; stopping is how it gives them up.
void lane::claim(const run_ptr& run) {
  const auto& job = *run->context.job;
  request(setup_.director, caf::infinite, claim_for_change{job.change, job.task.id})
      .then(
          [this, run](const claims_granted& granted) {
            run->claims = std::make_shared<const claims_granted>(granted);
            settle(run);
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

void lane::assign_settings_of(const run_ptr& run) {
  auto values = run->context.setup[run->context.job->undo ? "back" : "set"];
  request(with_->settings, caf::infinite, assign_settings{json::write(values)})
      .then(
          [this, run](const system_settings_ptr&) {
            run->result.outcome = troupe::done();
            finish(run);
          },
          [this, run](const caf::error& why) { fail_unless_stopping(run, why); });
}

void lane::command_services_of(const run_ptr& run) {
  std::optional<service_command> command;
  try {
    command = service_command_of(run->context);
  } catch (const failure& why) {
    return fail(run, why);
  }
  auto ended = [this, run](const service_result& result) {
    run->result.outcome = service_outcome(run->context, result);
    finish(run);
  };
  if (!command)
    return ended({});
  tell_waits(run->context.job->task.id, waits::running{with_->host->os.clock->now()});
  request(with_->services, caf::infinite, command_services{std::move(*command)})
      .then(ended, [this, run](const caf::error& why) {
        if (is_stopping(why))
          return;
        auto fault = service_fault(run->context, to_failure(why));
        if (!fault)
          return fail(run, to_failure(why));
        run->result.outcome = std::move(*fault);
        finish(run);
      });
}

void lane::finish(const run_ptr& run) {
  auto& log = run->result.outcome.log;
  log.insert(log.begin(), run->context.log.begin(), run->context.log.end());
  run->context.log.clear();
  const auto* retry = std::get_if<outcomes::retry>(&run->result.outcome.result);
  if (retry && run->kind->awaits_vacancy(run->context.job->undo))
    return await_next_vacancy(run);
  if (retry)
    return retry_later(run, *retry);
  apply_updates(run, 0);
}

void lane::apply_updates(const run_ptr& run, std::size_t next) {
  const auto& result = run->result.outcome.result;
  const auto* finished = std::get_if<outcomes::done>(&result);
  const auto* failed = std::get_if<outcomes::error>(&result);
  const auto* updates = finished ? &finished->updates : failed ? &failed->updates : nullptr;
  if (!updates || next == updates->size())
    return settle(run);
  const auto& [name, update] = (*updates)[next];
  auto applied = [this, run, next](const snap_state_ptr& state) {
    run->result.states.push_back(state);
    apply_updates(run, next + 1);
  };
  auto failed_to = [this, run](const caf::error& why) { fail_unless_stopping(run, why); };
  if (auto own = setup_.snaps.find(name); own != setup_.snaps.end()) {
    request(own->second, caf::infinite, apply_update{setup_.summary.key, update})
        .then(applied, failed_to);
    return;
  }
  // A snap that is gone has forgotten all.
  request(setup_.director, caf::infinite, find_snap{name})
      .then(
          [this, run, next, applied, failed_to, what = update](const snap_found& found) {
            if (found.actor)
              request(found.actor, caf::infinite, apply_as_guest{pass_, what}).then(applied, failed_to);
            else
              apply_updates(run, next + 1);
          },
          failed_to);
}

// A task doesn't fail because its daemon stops: it runs again at the next start, and on_exit ends it
// here.
void lane::fail_unless_stopping(const run_ptr& run, const caf::error& why) {
  if (!is_stopping(why))
    fail(run, to_failure(why));
}

void lane::fail(const run_ptr& run, const failure& what) {
  close_context(run);
  auto& failures = running_.at(run->result.task).failures;
  if (is_tried_again(run->context.job->undo, run->kind && run->kind->irreversible, ++failures))
    return retry_later(run, {limits::undo_retry, what.what()});
  auto log = std::move(run->context.log);
  log.push_back(std::string{"ERROR "} + what.what());
  run->result.outcome = {outcomes::error{what.what()}, std::move(log)};
  settle(run);
}

void lane::settle(const run_ptr& run) {
  end_wait_for_apps(run->result.task);
  running_.erase(run->result.task);
  send(setup_.change,
       task_settled{std::make_shared<const task_result>(std::move(run->result)), run->claims});
}

void lane::retry_later(const run_ptr& run, const outcomes::retry& when) {
  auto task = run->result.task;
  auto& running = running_.at(task);
  // The next run looks anew at what runs.
  end_wait_for_apps(task);
  if (running.stop.stop_requested()) {
    running_.erase(task);
    return send(setup_.change, task_stopped{task});
  }
  running.between_runs = true;
  tell_waits(task, waits::retry{with_->host->os.clock->now() + when.after, when.cause});
  delayed_send(this, when.after, caf::tick_atom::value, task, running.run);
}

void lane::run_again(task_id task, std::uint64_t run) {
  auto found = running_.find(task);
  if (found != running_.end() && found->second.between_runs && found->second.run == run)
    start(found->second.job);
}

void lane::stop(task_id task) {
  if (std::erase(before_admission_, task) > 0) {
    if (before_admission_.empty() && !was_inside_)
      leave();
    return send(setup_.change, task_stopped{task});
  }
  auto found = running_.find(task);
  if (found == running_.end() || found->second.between_runs) {
    running_.erase(task);
    return send(setup_.change, task_stopped{task});
  }
  if (found->second.waiting)
    return stop_waiting(task);
  if (found->second.awaits_turn)
    send(found->second.awaits_turn, end_hook_turn{task});
  found->second.stop.request_stop();
  const auto* kind = with_->find_kind(found->second.job->task.kind);
  if (kind && kind->where == workplace::claims)
    send(setup_.director, stop_claiming{setup_.summary.key.change});
}

void lane::leave() {
  if (admission_ == admission::outside)
    return;
  admission_ = admission::outside;
  send(with_->scheduler, leave_lane{setup_.summary.key});
}

// What an undo leaves that has failed for good ends with the change all the same: nobody waits for ever.
caf::result<lane_closed> lane::close(const std::vector<std::string>& held_up) {
  leave();
  auto reply = owe<lane_closed>();
  auto release = [this, reply]() mutable { release_claims(reply); };
  if (held_up.empty()) {
    release();
    return caf::delegated<lane_closed>{};
  }
  auto work = std::make_shared<const std::function<void()>>([held_up, os = with_->host->os] {
    for (const auto& snap : held_up) {
      os.shutdown->release(snap);
      os.run_control->allow(snap);
    }
  });
  request(with_->effects, caf::infinite, perform_work{std::move(work)})
      .then([release](work_done) mutable { release(); },
            [release](const caf::error& why) mutable {
              if (!is_stopping(why))
                spdlog::warn("{}", to_failure(why).what());
              release();
            });
  return caf::delegated<lane_closed>{};
}

void lane::release_claims(owed_reply<lane_closed> reply) {
  auto left = std::make_shared<std::size_t>(setup_.snaps.size());
  auto released = [this, reply, left]() mutable {
    if (--*left > 0)
      return;
    reply.deliver({});
    quit();
  };
  if (setup_.snaps.empty()) {
    reply.deliver({});
    return quit();
  }
  for (const auto& [name, snap] : setup_.snaps)
    request(snap, caf::infinite, release_claim{setup_.summary.key.change})
        .then([released](claim_released) mutable { released(); },
              [released](const caf::error&) mutable { released(); });
}

void lane::tell_waits(task_id task, wait_reason reason) {
  send(setup_.change, task_waits{task, std::move(reason)});
}

} // namespace troupe
