#include "actors/change.hpp"

#include <algorithm>

#include "actors/lane.hpp"
#include "runtime/rules/lane_summaries.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

namespace {

std::vector<graph_task> graph_tasks(const change_record& record) {
  std::vector<graph_task> result;
  result.reserve(record.tasks.size());
  for (const auto& task : record.tasks) {
    const auto* kind = find_task_kind(task.kind);
    result.push_back(
        {task.id, task.waits_for, task.lanes, kind && kind->undo, task.status, task.waited});
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
      graph_{graph_tasks(record_)} {
  for (std::size_t i = 0; i < record_.tasks.size(); ++i)
    index_.emplace(record_.tasks[i].id, i);
}

change::behavior_type change::make_behavior() {
  return {
      [this](begin_change) { return begin(); },
      [this](const task_settled& what) { settle(*what.result); },
      [this](const task_stopped& what) {
        graph_.handler_not_running(what.task);
        advance();
      },
      [this](const task_waits& what) {
        told_waits_.insert_or_assign(what.task, what.reason);
        view_.reset();
      },
      [this](const task_advances& what) {
        task(what.task).progress = what.progress;
        view_.reset();
      },
      [this](get_change) { return view(); },
      [this](abort_change) {
        return answer<change_view_ptr>([this] {
          if (graph_.is_ready())
            throw failure{"cannot abort change " + to_string(record_.id) + " with nothing pending"};
          abort();
          return view();
        });
      },
  };
}

void change::on_exit() {
  for (const auto& [number, lane] : lanes_)
    send_exit(lane, caf::exit_reason::user_shutdown);
  lanes_.clear();
  snaps_.clear();
  director_ = nullptr;
}

// --- life -------------------------------------------------------------------------------------------

caf::result<change_id> change::begin() {
  spawn_lanes();
  if (resumed_)
    starts_ = graph_.resume_after_restart();
  begun_ = owe<change_id>();
  begun_owed_ = true;
  advance();
  if (!committing_)
    act_on_commit({}, {});
  return caf::delegated<change_id>{};
}

void change::spawn_lanes() {
  auto self = caf::actor_cast<change_actor>(this);
  for (auto number : graph_.lanes()) {
    lane_setup setup;
    setup.change = self;
    setup.director = director_;
    const snap_state* former = nullptr;
    for (const auto& op : record_.operations) {
      if (op.lane != number)
        continue;
      const auto& found = snaps_.at(op.snap);
      setup.snaps.emplace(op.snap, found.actor);
      former = found.state.get();
    }
    setup.doing = doing_in(number);
    setup.summary = summarise_lane(record_, number, former);
    lanes_.emplace(number, spawn<lane>(std::move(setup), with_));
  }
}

void change::abort() {
  graph_.abort_change();
  advance();
}

void change::settle(const task_result& result) {
  auto& task = this->task(result.task);
  add_log(task, result.outcome.log);
  told_waits_.erase(result.task);
  states_.insert(states_.end(), result.states.begin(), result.states.end());
  if (const auto* finished = std::get_if<outcomes::done>(&result.outcome.result)) {
    if (!result.undo)
      task.memo = finished->memo;
    graph_.finished_ok(result.task);
  } else if (const auto* waits = std::get_if<outcomes::wait>(&result.outcome.result)) {
    graph_.finished_wait(result.task, waits->waited);
  } else {
    graph_.finished_error(result.task);
  }
  dirty_.insert(result.task);
  advance();
}

// --- from one step to the next ------------------------------------------------------------------------

/// Lets the graph go on as far as it can, and makes that durable.
void change::advance() {
  view_.reset();
  stop_told_tasks();
  for (const auto& start : graph_.take_eligible()) {
    // What runs in the lane itself has no effect on the host, so it need not wait for its start to be
    // durable.
    if (has_effect(start.id))
      starts_.push_back(start);
    else
      hand_to_lane(start);
  }
  for (auto id : graph_.drain_changed()) {
    dirty_.insert(id);
    note(id);
  }
  if (!committing_ && (!stored_ || !dirty_.empty() || !starts_.empty() || !states_.empty()))
    commit();
}

void change::stop_told_tasks() {
  for (auto id : graph_.drain_to_stop()) {
    // A start that no lane has heard of yet is simply taken back.
    auto waiting =
        std::find_if(starts_.begin(), starts_.end(), [&](const auto& start) { return start.id == id; });
    if (waiting != starts_.end()) {
      starts_.erase(waiting);
      graph_.handler_not_running(id);
    } else {
      send(lane_of(task(id)), stop_task{id});
    }
  }
}

void change::commit() {
  auto starts = std::exchange(starts_, {});
  auto ready = graph_.drain_ready_lanes();
  auto batch = next_batch();
  committing_ = true;
  request(with_->journal, caf::infinite, append{batch})
      .then(
          [this, starts = std::move(starts), ready = std::move(ready)](committed) {
            committing_ = false;
            act_on_commit(starts, ready);
          },
          [this](const caf::error& why) {
            spdlog::error("change {} stops here until the daemon is started again: {}",
                          to_string(record_.id), to_failure(why).what());
            if (begun_owed_)
              begun_.fail(why);
          });
}

std::shared_ptr<const journal_batch> change::next_batch() {
  auto batch = std::make_shared<journal_batch>();
  auto now = with_->host->os.clock->now();
  for (auto id : std::exchange(dirty_, {})) {
    auto& row = task(id);
    row.status = graph_.status(id);
    row.waited = graph_.waited(id);
    row.ready_at = is_ready(row.status) ? now : time_point{};
    if (stored_)
      batch->tasks.push_back(
          {id, row.status, row.waited, row.memo, row.progress, row.log, row.ready_at});
  }
  if (!stored_)
    batch->new_changes.push_back(std::make_shared<const change_record>(record_));
  stored_ = true;
  batch->snaps = std::exchange(states_, {});
  if (graph_.is_ready() && !is_set(record_.ready_at)) {
    record_.ready_at = now;
    record_.error = failed_tasks();
    batch->ended.push_back({record_.id, now, record_.error});
  }
  return batch;
}

void change::act_on_commit(const std::vector<task_start>& starts,
                           const std::vector<lane_number>& ready) {
  if (begun_owed_) {
    begun_owed_ = false;
    begun_.deliver(record_.id);
  }
  for (const auto& start : starts)
    hand_to_lane(start);
  for (auto number : ready)
    if (graph_.lane_ready(number))
      send(lanes_.at(number), lane_is_ready{});
  if (is_set(record_.ready_at))
    end();
  else
    advance();
}

void change::hand_to_lane(const task_start& start) {
  // Aborted while its start became durable: no effect has begun, so there is nothing to stop.
  if (graph_.status(start.id) == task_status::abort)
    return graph_.handler_not_running(start.id);
  const auto& row = task(start.id);
  auto job = std::make_shared<task_job>();
  job->change = record_.id;
  job->change_kind = record_.kind;
  job->task = row;
  job->undo = start.undo;
  if (row.waits_for.size() == 1)
    job->memo_before = task(row.waits_for.front()).memo;
  if (row.operation >= 0)
    job->op = std::make_shared<const operation>(
        record_.operations.at(static_cast<std::size_t>(row.operation)));
  send(lane_of(row), run_task{std::move(job)});
}

// It shows as ready only once its snaps are free, so that whoever waits for it can claim them at once.
void change::end() {
  remove_spooled_images();
  auto left = std::make_shared<std::size_t>(lanes_.size());
  auto closed = [this, left] {
    if (--*left > 0)
      return;
    closed_ = true;
    view_.reset();
    lanes_.clear();
    send(director_, change_ended{view()});
    director_ = nullptr;
  };
  for (const auto& [number, lane] : lanes_)
    request(lane, caf::infinite, close_lane{})
        .then([closed](lane_closed) { closed(); }, [closed](const caf::error&) { closed(); });
}

void change::remove_spooled_images() {
  std::vector<std::string> images;
  for (const auto& op : record_.operations)
    if (!op.image.empty())
      images.push_back(op.image);
  if (images.empty())
    return;
  auto remove = [files = with_->host->os.files, images] {
    for (const auto& image : images)
      files->remove_file(image);
  };
  request(with_->effects, caf::infinite,
          perform_work{std::make_shared<const std::function<void()>>(std::move(remove))})
      .then([](work_done) {}, [](const caf::error& why) { spdlog::warn("{}", to_failure(why).what()); });
}

// --- what is shown ----------------------------------------------------------------------------------

bool change::has_effect(task_id id) {
  const auto* kind = find_task_kind(task(id).kind);
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
    lane.doing = doing_in(number);
    view->lanes.push_back(std::move(lane));
  }
  view_ = std::move(view);
  return view_;
}

} // namespace troupe
