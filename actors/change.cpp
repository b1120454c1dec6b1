#include "actors/change.hpp"

#include <algorithm>
#include <optional>

#include "actors/lane.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/constraints.hpp"
#include "runtime/rules/held_up.hpp"
#include "runtime/rules/lane_summaries.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/task_additions.hpp"
#include "runtime/rules/waiting.hpp"

namespace troupe {

namespace {

/// For each operation the first one of its snap: those that step a snap through revisions are done and
/// undone as one.
std::vector<std::int32_t> first_of_snap(const std::vector<operation>& operations) {
  std::unordered_map<std::string, std::int32_t> firsts;
  std::vector<std::int32_t> result;
  for (const auto& op : operations)
    result.push_back(firsts.emplace(op.snap, static_cast<std::int32_t>(result.size())).first->second);
  return result;
}

std::vector<graph_task> graph_tasks(const change_record& change, task_kind_finder find_kind) {
  const auto& tasks = change.tasks;
  auto firsts = first_of_snap(change.operations);
  std::vector<graph_task> result;
  result.reserve(tasks.size());
  for (const auto& task : tasks) {
    const auto* kind = find_kind(task.kind);
    auto operation =
        task.operation < 0 ? task.operation : firsts.at(static_cast<std::size_t>(task.operation));
    result.push_back({task.id, task.waits_for, task.lanes, kind && kind->undo, task.status, task.waited,
                      operation, kind && kind->irreversible});
  }
  return result;
}

} // namespace

change::change(caf::actor_config& config, change_setup setup, company_ptr with)
    : actor_base{config, "change " + to_string(setup.record->id), with->inspector},
      record_{*setup.record},
      resumed_{setup.resumed},
      stored_{setup.resumed},
      snaps_{std::move(setup.snaps)},
      director_{std::move(setup.director)},
      with_{std::move(with)},
      graph_{graph_tasks(record_, with_->find_kind)},
      starts_when_told_{setup.starts_when_told} {
  for (std::size_t i = 0; i < record_.tasks.size(); ++i)
    index_.emplace(record_.tasks[i].id, i);
}

change::behavior_type change::make_behavior() {
  return {
      [this](begin_change) { return begin(); },
      [this](const task_settled& what) { take_more(what); },
      [this](const task_may_start& what) {
        if (auto entering = entering_.extract(what.task)) {
          begin_start(entering.mapped().start);
          advance();
        }
      },
      [this](const task_stopped& what) {
        // The answer comes late where the task had ended before it was told to stop.
        if (graph_.status(what.task) == task_status::abort)
          forget_start(what.task);
        advance();
      },
      [this](const task_waits& what) { set_wait(what.task, what.reason); },
      [this](const task_advances& what) {
        task(what.task).progress = what.progress;
        view_.reset();
      },
      [this](get_change) { return view(); },
      [this](abort_change) { return abort([this] { graph_.abort_change(); }); },
      [this](const abort_lanes& what) {
        return abort([&] {
          if (what.lanes.empty())
            graph_.abort_unready_lanes();
          else
            graph_.abort_lanes(what.lanes);
        });
      },
      [this](const struct give_way& what) { return give_way(what.snap, what.only_say); },
      [this](resolve_waits) {
        std::uint64_t waiting = 0;
        for (const auto& task : record_.tasks)
          if (graph_.status(task.id) == task_status::wait) {
            graph_.resolve_wait(task.id);
            ++waiting;
          }
        advance();
        return waiting;
      },
      [this](struct start_next) { return start_next(); },
      [this](caf::tick_atom) { look_after_tasks(); },
  };
}

void change::on_exit() {
  for (const auto& [number, lane] : lanes_)
    send_exit(lane, caf::exit_reason::user_shutdown);
  lanes_.clear();
  snaps_.clear();
  director_ = nullptr;
  begun_ = {}; // who waits for it may hold this change
}

// --- life -------------------------------------------------------------------------------------------

caf::result<change_id> change::begin() {
  spawn_lanes();
  if (resumed_)
    interrupted_ = graph_.resume_after_restart();
  if (!starts_when_told_)
    for (const auto& start : std::exchange(interrupted_, {}))
      take(start);
  begun_ = owe<change_id>();
  begun_owed_ = true;
  begun_at_ = clock().now();
  phase_ = phase::going;
  for (auto number : graph_.lanes())
    if (graph_.lane_ready(number))
      send(lanes_.at(number), lane_is_ready{});
  advance();
  if (!is_committing_)
    act_on_commit({});
  return caf::delegated<change_id>{};
}

void change::spawn_lanes() {
  auto self = caf::actor_cast<change_actor>(this);
  std::map<std::string, snap_state_ptr> formers;
  for (const auto& [name, found] : snaps_)
    formers.emplace(name, found.state);
  for (auto number : graph_.lanes()) {
    if (lanes_.contains(number))
      continue;
    lane_setup setup;
    setup.change = self;
    setup.director = director_;
    for (const auto& op : record_.operations)
      if (op.lane == number)
        setup.snaps.emplace(op.snap, snaps_.at(op.snap).actor);
    setup.summary = summarise_lane(record_, number, formers);
    setup.was_in_progress = resumed_ && progress_of(record_, number) != lane_progress::pending;
    setup.was_ever_in = resumed_ && was_ever_in(record_, number);
    lanes_.emplace(number, spawn<lane>(std::move(setup), with_));
  }
}

// An abort before the begin only says where to begin.
caf::result<change_view_ptr> change::abort(const std::function<void()>& how) {
  return answer<change_view_ptr>([&] {
    if (phase_ != phase::fresh && graph_.is_ready())
      throw failure{"cannot abort change " + to_string(record_.id) + " with nothing pending"};
    if (phase_ != phase::fresh && graph_.is_past_return())
      throw failure{"cannot abort change " + to_string(record_.id) +
                    ": what it has begun to remove can't be brought back; it ends by itself"};
    how();
    advance();
    return view();
  });
}

bool change::give_way(const std::string& snap, bool only_say) {
  auto op = std::ranges::find(record_.operations, snap, &operation::snap);
  if (op == record_.operations.end() || !lanes_.contains(op->lane))
    return false;
  auto waits_for_apps = [this](task_id id) {
    auto told = told_waits_.find(id);
    return told != told_waits_.end() && std::holds_alternative<waits::apps_running>(told->second);
  };
  auto can = can_make_way(graph_, op->lane, waits_for_apps);
  if (can && !only_say) {
    graph_.abort_lanes({op->lane});
    advance();
  }
  return can;
}

/// A task may have found more to be needed, which takes ids first.
void change::take_more(const task_settled& what) {
  const auto& result = *what.result;
  const auto* finished = std::get_if<outcomes::done>(&result.outcome.result);
  if (!finished || finished->then.empty() || result.undo)
    return settle(what);
  asks_for_ids_.insert(result.task);
  request(director_, caf::infinite, take_task_ids{finished->then.size()})
      .then(
          [this, what](task_id first) {
            const auto& more = std::get<outcomes::done>(what.result->outcome.result).then;
            asks_for_ids_.erase(what.result->task);
            try {
              if (graph_.status(what.result->task) == task_status::doing)
                add_more(what.result->task, more, first);
              settle(what);
            } catch (const failure& why) {
              auto failed = *what.result;
              failed.outcome.result = outcomes::error{why.what()};
              failed.outcome.log.push_back(std::string{"ERROR "} + why.what());
              settle({std::make_shared<const task_result>(std::move(failed))});
            }
          },
          [](const caf::error&) {});
}

void change::add_more(task_id after, const std::vector<task_record>& more, task_id first) {
  auto added = additions_after(after, more, first, record_, graph_);
  change_record addition;
  addition.operations = record_.operations;
  addition.tasks = added.rows.tasks;
  graph_.add(graph_tasks(addition, with_->find_kind), added.waits);
  for (const auto& [waiter, waits_for] : added.rows.waits)
    task(waiter).waits_for = waits_for;
  for (const auto& row : added.rows.tasks) {
    index_.emplace(row.id, record_.tasks.size());
    record_.tasks.push_back(row);
  }
  added_.push_back(std::move(added.rows));
}

void change::settle(const task_settled& what) {
  const auto& result = *what.result;
  auto& task = this->task(result.task);
  add_log(task, result.outcome.log);
  end_wait(result.task);
  runnable_since_.erase(result.task);
  states_.insert(states_.end(), result.states.begin(), result.states.end());
  if (what.claims && what.claims->plan)
    take_claims(*what.claims);
  if (result.outcome.chosen)
    graph_.set_status(result.task, *result.outcome.chosen);
  if (const auto* finished = std::get_if<outcomes::done>(&result.outcome.result)) {
    if (!result.undo)
      this->task(result.task).memo = finished->memo;
    graph_.finished_ok(result.task);
  } else if (const auto* waits = std::get_if<outcomes::wait>(&result.outcome.result)) {
    graph_.finished_wait(result.task, waits->waited);
  } else {
    graph_.finished_error(result.task);
  }
  dirty_.insert(result.task);
  advance();
}

void change::take_claims(const claims_granted& granted) {
  graph_.add(graph_tasks(*granted.plan, with_->find_kind));
  snaps_ = granted.snaps;
  record_.operations = granted.plan->operations;
  added_.push_back({record_.id, record_.operations, granted.plan->tasks, {}});
  for (const auto& task : granted.plan->tasks) {
    index_.emplace(task.id, record_.tasks.size());
    record_.tasks.push_back(task);
  }
  spawn_lanes();
  // What an abort would have stopped comes too late for it.
  if (graph_.count(task_status::abort) > 0)
    graph_.abort_change();
}

// --- from one step to the next ------------------------------------------------------------------------

/// Lets the graph go on as far as it can, and makes that durable.
void change::advance() {
  view_.reset();
  if (phase_ != phase::going)
    return;
  stop_told_tasks();
  if (!starts_when_told_)
    for (const auto& start : graph_.take_eligible())
      take(start);
  for (auto id : graph_.drain_changed()) {
    dirty_.insert(id);
    note(id);
  }
  if (!is_committing_ &&
      (!stored_ || !dirty_.empty() || !starts_.empty() || !states_.empty() || !added_.empty()))
    commit();
}

void change::take(const task_start& start) {
  if (!is_critical_kind(task(start.id).kind))
    return begin_start(start);
  entering_.emplace(start.id, entering_task{start, task(start.id).status != task_status::do_});
  set_wait(start.id, waits::runnable{});
  send(lane_of(task(start.id)), enter_for_task{start.id, start.undo});
}

void change::begin_start(const task_start& start) {
  dirty_.insert(start.id);
  // What runs in the lane itself has no effect on the host, so it need not wait for its start to be
  // durable.
  if (has_effect(start.id)) {
    set_wait(start.id, waits::slot{"journal"});
    starts_.push_back(start);
  } else {
    hand_to_lane(start);
  }
}

bool change::start_next() {
  std::optional<task_id> first;
  auto comes_first = [&](task_id id) { return !first || index_.at(id) < index_.at(*first); };
  for (const auto& start : interrupted_)
    if (comes_first(start.id))
      first = start.id;
  for (const auto& [id, reason] : told_waits_)
    if (std::holds_alternative<waits::retry>(reason) && comes_first(id))
      first = id;
  auto start = graph_.take_one(first);
  if (start) {
    take(*start);
  } else if (first) {
    auto again = std::ranges::find(interrupted_, *first, &task_start::id);
    if (again == interrupted_.end()) {
      end_wait(*first);
      send(lane_of(task(*first)), retry_now{*first});
    } else {
      take(*again);
      interrupted_.erase(again);
    }
  }
  auto started = start || first;
  advance();
  return started;
}

// What a task may do for long has another reason, so this one tells of a fault of ours.
void change::look_after_tasks() {
  is_looked_after_ = false;
  warn_of_runnable_tasks();
  give_up_if_old();
}

// By the director's timer, as one of its own would keep an ended change from going.
void change::be_looked_after() {
  if (!std::exchange(is_looked_after_, true))
    send(director_, tasks_runnable{record_.id});
}

void change::warn_of_runnable_tasks() {
  auto now = clock().now();
  for (auto& [id, since] : runnable_since_) {
    if (since == told_of)
      continue;
    if (now - since < limits::runnable_patience) {
      be_looked_after();
      continue;
    }
    since = told_of;
    auto text = "task " + to_string(id) + " of change " + to_string(record_.id) + " (" +
                task(id).summary +
                ") could run and doesn't; please report it with the output of: " + "troupe why " +
                to_string(record_.id) + " --json";
    spdlog::warn("{}", text);
    send(with_->notices, add_warning{text});
  }
}

// Measured by the time it was worked on: clocks jump, and devices are switched off.
void change::give_up_if_old() {
  if (phase_ != phase::going)
    return;
  auto now = clock().now();
  auto is_old = now - begun_at_ > limits::unready_change_age;
  auto is_wished =
      std::ranges::any_of(told_waits_, [](const auto& told) { return waits_by_wish(told.second); });
  if (is_wished)
    begun_at_ = now;
  if (graph_.is_ready() || !is_old || is_wished || std::exchange(is_stale_, true))
    return;
  spdlog::warn("change {} is not ready after {} hours; what isn't ready of it is aborted",
               to_string(record_.id), limits::unready_change_age.count());
  graph_.abort_unready_lanes();
  advance();
}

void change::stop_told_tasks() {
  for (auto id : graph_.drain_to_stop()) {
    auto is_it = [&](const task_start& start) { return start.id == id; };
    // No lane has heard of it yet: it is simply taken back, or isn't handed out after the commit.
    if (std::erase_if(starts_, is_it) + std::erase_if(interrupted_, is_it) > 0)
      forget_start(id);
    else if (std::ranges::none_of(committing_, is_it) && !asks_for_ids_.contains(id))
      send(lane_of(task(id)), stop_task{id});
    // Its lane only gives up asking.
    if (entering_.contains(id))
      forget_start(id);
  }
}

void change::forget_start(task_id id) {
  end_wait(id);
  runnable_since_.erase(id);
  auto entering = entering_.extract(id);
  if (entering && !entering.mapped().may_have_run)
    graph_.set_status(id, task_status::hold);
  else
    graph_.handler_not_running(id);
}

void change::commit() {
  committing_ = std::exchange(starts_, {});
  auto ready = graph_.drain_ready_lanes();
  auto batch = next_batch();
  is_committing_ = true;
  request(with_->journal, caf::infinite, append{batch})
      .then(
          [this, ready = std::move(ready)](committed) {
            is_committing_ = false;
            act_on_commit(ready);
          },
          [this](const caf::error& why) {
            if (!is_stopping(why))
              spdlog::error("change {} stops here until the daemon is started again: {}",
                            to_string(record_.id), to_failure(why).what());
            if (begun_owed_)
              begun_.fail(why);
          });
}

/// A critical task counts as begun only once its lane is in.
task_status change::durable_status(task_id id) const {
  auto entering = entering_.find(id);
  if (entering == entering_.end())
    return graph_.status(id);
  if (entering->second.start.undo)
    return task_status::undo;
  return entering->second.may_have_run ? task_status::doing : task_status::do_;
}

std::shared_ptr<const journal_batch> change::next_batch() {
  auto batch = std::make_shared<journal_batch>();
  auto now = with_->host->os.clock->now();
  for (auto id : std::exchange(dirty_, {})) {
    auto& row = task(id);
    row.status = durable_status(id);
    row.waited = graph_.waited(id);
    auto is_undone_later = row.status == task_status::undo || row.status == task_status::undoing;
    row.ready_at = is_ready(row.status) ? now : is_undone_later ? row.ready_at : time_point{};
    if (stored_)
      batch->tasks.push_back(
          {id, row.status, row.waited, row.memo, row.progress, row.log, row.ready_at});
  }
  if (!stored_)
    batch->new_changes.push_back(std::make_shared<const change_record>(record_));
  stored_ = true;
  batch->added = std::exchange(added_, {});
  batch->snaps = std::exchange(states_, {});
  if (graph_.is_ready() && !is_set(record_.ready_at)) {
    record_.ready_at = now;
    record_.error = failed_tasks();
    batch->ended.push_back({record_.id, now, record_.error});
  }
  return batch;
}

void change::act_on_commit(const std::vector<lane_number>& ready) {
  if (begun_owed_) {
    begun_owed_ = false;
    begun_.deliver(record_.id);
  }
  for (const auto& start : std::exchange(committing_, {}))
    hand_to_lane(start);
  for (auto number : ready)
    if (graph_.lane_ready(number))
      send(lanes_.at(number), lane_is_ready{});
  if (is_set(record_.ready_at))
    return end();
  advance();
  tell_status();
}

void change::hand_to_lane(const task_start& start) {
  // Aborted while its start became durable: no effect has begun, so there is nothing to stop.
  if (graph_.status(start.id) == task_status::abort)
    return forget_start(start.id);
  set_wait(start.id, waits::runnable{});
  const auto& row = task(start.id);
  auto job = std::make_shared<task_job>();
  job->change = record_.id;
  job->change_kind = record_.kind;
  job->task = row;
  job->undo = start.undo;
  if (start.undo)
    job->failed = failed_tasks();
  if (!row.waits_for.empty())
    job->memo_before = task(row.waits_for.front()).memo;
  if (row.operation >= 0)
    job->op = std::make_shared<const operation>(
        record_.operations.at(static_cast<std::size_t>(row.operation)));
  send(lane_of(row), run_task{std::move(job)});
}

// Told once it is durable, so that nobody follows what a crash takes back.
void change::tell_status() {
  auto status = graph_.change_status();
  if (std::exchange(told_status_, status) != std::optional{status})
    send(with_->notices, add_notice{"change-update",
                                    to_string(record_.id),
                                    std::nullopt,
                                    {{"kind", record_.kind}, {"status", to_string(status)}}});
}

// It shows as ready only once its snaps are free, so that whoever waits for it can claim them at once.
void change::end() {
  phase_ = phase::ended;
  const auto ended = view();
  auto left = std::make_shared<std::size_t>(lanes_.size());
  auto closed = [this, left] {
    if (--*left > 0)
      return;
    closed_ = true;
    view_.reset();
    lanes_.clear();
    tell_status();
    send(director_, change_ended{view()});
    director_ = nullptr;
  };
  for (const auto& [number, lane] : lanes_)
    request(lane, caf::infinite, close_lane{held_up_in(ended->record, number)})
        .then([closed](lane_closed) { closed(); }, [closed](const caf::error&) { closed(); });
}

// --- what is shown ----------------------------------------------------------------------------------

void change::set_wait(task_id task, const wait_reason& reason) {
  end_wait(task);
  told_waits_.emplace(task, reason);
  if (std::holds_alternative<waits::runnable>(reason)) {
    runnable_since_.emplace(task, clock().now());
    be_looked_after();
  } else {
    runnable_since_.erase(task);
  }
  view_.reset();
}

// The time of a wait by somebody's wish makes no change old.
void change::end_wait(task_id task) {
  auto told = told_waits_.extract(task);
  if (told && waits_by_wish(told.mapped()))
    begun_at_ = clock().now();
}

bool change::has_effect(task_id id) {
  const auto* kind = with_->find_kind(task(id).kind);
  return kind && kind->where != workplace::lane;
}

lane_actor& change::lane_of(const task_record& task) {
  return lanes_.at(task.lanes.empty() ? lane_number{0} : task.lanes.front());
}

void change::add_log(task_record& task, const std::vector<std::string>& lines) {
  add_log_lines(task.log, lines, with_->host->os.clock->now());
}

std::string change::failed_tasks() const {
  std::string text;
  for (const auto& task : record_.tasks)
    if (graph_.status(task.id) == task_status::error)
      text += "\n- " + task.summary + " (" + last_error(task.log) + ")";
  return text.empty() ? text : "cannot perform the following tasks:" + text;
}

void change::note(task_id id) {
  const auto& row = task(id);
  send(with_->inspector, event_noted{"change " + to_string(record_.id) + " task " + to_string(id) + " " +
                                     row.kind + ": " + to_string(graph_.status(id))});
}

wait_reason change::reason_of(const task_record& task) const {
  if (auto before = graph_.first_unready_predecessor(task.id))
    return waits::predecessor{*before};
  if (graph_.status(task.id) == task_status::wait)
    return waits::restart{};
  auto told = told_waits_.find(task.id);
  return told == told_waits_.end() ? waits::runnable{} : told->second;
}

std::string change::doing_in(lane_number lane) const {
  std::string text;
  for (const auto& op : record_.operations)
    if (op.lane == lane)
      text += (text.empty() ? "" : ", ") + op.verb + " " + op.snap;
  return text;
}

change_view_ptr change::view() {
  if (view_)
    return view_;
  auto view = std::make_shared<change_view>();
  view->record = record_;
  view->status = graph_.change_status();
  if (view->status == task_status::error)
    view->record.error = failed_tasks();
  view->ready = closed_;
  for (auto& task : view->record.tasks) {
    task.status = graph_.status(task.id);
    if (!is_ready(task.status))
      view->waits.emplace(task.id, reason_of(task));
  }
  for (auto number : graph_.lanes()) {
    lane_view lane;
    lane.lane = number;
    lane.ready = graph_.lane_ready(number);
    lane.status = graph_.lane_status(number);
    lane.doing = doing_in(number);
    view->lanes.push_back(std::move(lane));
  }
  view_ = std::move(view);
  return view_;
}

} // namespace troupe
