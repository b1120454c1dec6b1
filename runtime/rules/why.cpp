#include "runtime/rules/why.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "messages/failure.hpp"
#include "runtime/rules/duration_text.hpp"
#include "runtime/rules/log_lines.hpp"
#include "runtime/rules/running_apps.hpp"
#include "runtime/rules/wait_words.hpp"

namespace troupe {

namespace {

template <class Reason>
constexpr std::size_t reason_index() {
  return wait_reason{Reason{}}.index();
}

// How near to running a task is, the nearest first; what waits for a task before it comes after all.
const std::array nearness{reason_index<waits::running>(),      reason_index<waits::runnable>(),
                          reason_index<waits::slot>(),         reason_index<waits::hook_turn>(),
                          reason_index<waits::retry>(),        reason_index<waits::admission>(),
                          reason_index<waits::prerequisite>(), reason_index<waits::apps_running>(),
                          reason_index<waits::hold>(),         reason_index<waits::restart>(),
                          reason_index<waits::claim>(),        reason_index<waits::predecessor>()};

std::ptrdiff_t distance_from_running(const wait_reason& reason) {
  return std::ranges::find(nearness, reason.index()) - nearness.begin();
}

bool is_in(const task_record& task, lane_number lane) {
  return task.lanes.empty() ? lane == 0 : std::ranges::find(task.lanes, lane) != task.lanes.end();
}

/// Whether a change still waits for the snaps that it names.
bool waits_for_its_snaps(const change_view& view) {
  return std::ranges::any_of(view.record.tasks, [](const task_record& task) {
    return task.kind == "claim-snaps" && !is_ready(task.status);
  });
}

std::optional<lane_number> lane_on(const change_view& view, const std::string& snap) {
  auto op = std::ranges::find(view.record.operations, snap, &operation::snap);
  return op == view.record.operations.end() ? std::nullopt : std::optional{op->lane};
}

std::string task_text(const task_record& task) {
  return "task " + to_string(task.id) + " (" + task.summary + ")";
}

std::string of_change(const change_view& view) { return " of change " + to_string(view.record.id); }

using task_filter = std::function<bool(const task_record&)>;

class wait_walk {
public:
  wait_walk(const std::vector<change_view_ptr>& changes, time_point now) : now_{now} {
    answer_.at = now;
    for (const auto& view : changes)
      changes_.emplace(view->record.id, view);
  }

  explanation take(const why_question& question) {
    auto start = std::visit([this](const auto& asked) { return first(asked); }, question);
    for (auto next = start; next;) {
      if (runs_into(*next))
        break;
      answer_.chain.push_back(link_of(*next));
      next = step(answer_.chain.back());
    }
    return std::move(answer_);
  }

private:
  struct place {
    change_view_ptr change;
    const task_record* task = nullptr;
  };
  using way = std::optional<place>;

  // --- where to begin -------------------------------------------------------------------------------

  way first(change_id id) {
    answer_.subject = "change " + to_string(id);
    auto found = changes_.find(id);
    if (found == changes_.end())
      throw failure{failure_kind::not_found, "cannot find change with id \"" + to_string(id) + '"'};
    return first_in(found->second, [](const task_record&) { return true; });
  }

  way first(task_id id) {
    answer_.subject = "task " + to_string(id);
    for (const auto& [number, view] : changes_)
      if (const auto* task = find_task(*view, id))
        return is_ready(task->status) ? nothing_to_wait_for(task_text(*task) + of_change(*view) +
                                                            " is ready: " + to_string(task->status))
                                      : way{{view, task}};
    throw failure{failure_kind::not_found, "cannot find task with id \"" + to_string(id) + '"'};
  }

  // The owner comes before whoever waits for it, and of those the one that came first.
  way first(const std::string& snap) {
    answer_.subject = "snap \"" + snap + '"';
    change_view_ptr waiting;
    for (const auto& [id, view] : changes_) {
      if (view->ready || !lane_on(*view, snap))
        continue;
      if (!waits_for_its_snaps(*view))
        return first_on(view, snap);
      if (!waiting)
        waiting = view;
    }
    return waiting ? first_on(waiting, snap)
                   : nothing_to_wait_for("nothing is under way for " + answer_.subject);
  }

  way first_on(const change_view_ptr& view, const std::string& snap) {
    auto lane = lane_on(*view, snap);
    auto in_lane = [lane](const task_record& task) { return is_in(task, *lane); };
    if (!waits_for_its_snaps(*view) && nearest_to_running(*view, in_lane))
      return first_in(view, in_lane);
    return first_in(view, [](const task_record&) { return true; });
  }

  way first_in(const change_view_ptr& view, const task_filter& wanted) {
    way start;
    for (const auto& task : view->record.tasks) {
      if (is_ready(task.status) || !wanted(task) ||
          std::holds_alternative<waits::predecessor>(reason_of(*view, task)))
        continue;
      if (start)
        answer_.also.push_back(link_of({view, &task}));
      else
        start = place{view, &task};
    }
    // Where all wait for others there is no beginning, but a loop to be shown.
    if (!start)
      if (const auto* task = nearest_to_running(*view, wanted))
        start = place{view, task};
    return start ? start : all_ready(*view);
  }

  way all_ready(const change_view& view) {
    if (!view.ready)
      return end("gone", "all tasks" + of_change(view) + " are ready", "it ends at once");
    auto text = "change " + to_string(view.record.id) + " is ready: " + to_string(view.status);
    return nothing_to_wait_for(text + "; to see what it did: troupe tasks " + to_string(view.record.id));
  }

  // --- from one link to the next --------------------------------------------------------------------

  way step(const why_link& from) {
    return std::visit([&](const auto& reason) { return follow(from, reason); }, from.reason);
  }

  way follow(const why_link& from, const waits::predecessor& reason) {
    const auto* task = find_task(*from.change, reason.task);
    if (!task)
      return end("gone", "task " + to_string(reason.task) + " is no longer known", "it goes on at once");
    if (is_ready(task->status))
      return end("gone", task_text(*task) + " has ended: " + to_string(task->status),
                 "it goes on at once, or is given up");
    return place{from.change, task};
  }

  way follow(const why_link&, const waits::claim& reason) {
    auto owner = changes_.find(reason.owner);
    if (owner == changes_.end() || owner->second->ready)
      return just_ended(reason.owner);
    const auto& view = owner->second;
    auto lane = lane_on(*view, reason.snap);
    auto in_lane = [lane](const task_record& task) { return is_in(task, *lane); };
    const task_record* task = nullptr;
    if (lane && !waits_for_its_snaps(*view))
      task = nearest_to_running(*view, in_lane);
    // The snap stays owned while any lane of the change isn't ready, since all may be undone yet.
    if (!task)
      task = nearest_to_running(*view, [](const task_record&) { return true; });
    return task ? way{{view, task}} : just_ended(reason.owner);
  }

  way follow(const why_link&, const waits::admission& reason) { return follow_lane(reason.other); }
  way follow(const why_link&, const waits::prerequisite& reason) { return follow_lane(reason.lane); }

  way follow_lane(const lane_key& lane) {
    auto found = changes_.find(lane.change);
    if (found == changes_.end() || found->second->ready)
      return just_ended(lane.change);
    const auto* task = nearest_to_running(
        *found->second, [&](const task_record& other) { return is_in(other, lane.lane); });
    if (!task)
      return end("gone", lane_text(lane) + " has just become ready", "it goes on at once; ask again");
    return place{found->second, task};
  }

  way follow(const why_link& from, const waits::apps_running& reason) {
    auto which = reason.processes.empty() ? "" : ": " + process_list_text(reason.processes);
    return end_at(from, running_text(reason.snap, reason.processes),
                  "the applications of snap \"" + reason.snap + "\" are closed" + which + "; " +
                      or_give_up(from));
  }

  way follow(const why_link& from, const waits::hold& reason) {
    auto until = to_rfc3339(reason.until);
    return end_at(from, reason.who + " holds it until " + until,
                  "the hold ends, at " + until + "; " + or_give_up(from));
  }

  way follow(const why_link& from, const waits::retry& reason) {
    auto at = to_rfc3339(reason.at);
    return end_at(from,
                  whole_task(from) + " is tried again at " + at +
                      (reason.cause.empty() ? "" : ", because: " + reason.cause),
                  "a try succeeds, the next of them at " + at + "; " + or_give_up(from));
  }

  way follow(const why_link& from, const waits::slot& reason) {
    return end_at(from, "all performers of " + reason.pool + " are busy",
                  "one of the tasks that they work on ends; to see what is under way: troupe changes");
  }

  way follow(const why_link& from, const waits::hook_turn& reason) {
    return end_at(from, "another hook of snap \"" + reason.snap + "\" runs",
                  "that hook ends; to see what is under way: troupe changes");
  }

  way follow(const why_link& from, const waits::restart&) {
    return end_at(from, whole_task(from) + " is put aside until somebody resolves it",
                  "somebody resolves it, for instance by a restart of the host; " + or_give_up(from));
  }

  way follow(const why_link& from, const waits::runnable&) {
    return end_at(
        from, "nothing: " + whole_task(from) + " can run",
        "it runs, at once; if it doesn't, that is a fault of Troupe: please report it with the "
        "output of: troupe why " +
            to_string(from.lane.change) + " --json");
  }

  way follow(const why_link& from, const waits::running& reason) {
    auto id = to_string(from.lane.change);
    auto undo = from.task->status == task_status::undoing ? ": its undo" : "";
    return end_at(from, whole_task(from) + undo + " has been running for " + age(reason.since),
                  "it ends; to follow it: troupe watch " + id + "; to give it up: troupe abort " + id);
  }

  // --- the end --------------------------------------------------------------------------------------

  way end(std::string cause, std::string root, std::string ends_when) {
    answer_.cause = std::move(cause);
    answer_.root = std::move(root);
    answer_.ends_when = std::move(ends_when);
    return std::nullopt;
  }

  way end_at(const why_link& last, std::string root, std::string ends_when) {
    return end(std::string{wait_word(last.reason)}, std::move(root), std::move(ends_when));
  }

  way nothing_to_wait_for(std::string root) {
    return end("ready", std::move(root), "there is nothing to wait for");
  }

  way just_ended(change_id id) {
    return end("gone", "change " + to_string(id) + " has just ended", "it goes on at once; ask again");
  }

  static std::string or_give_up(const why_link& link) {
    return "to give up instead: troupe abort " + to_string(link.lane.change);
  }

  bool runs_into(const place& next) {
    auto met = visited_.emplace(next.task->id, answer_.chain.size());
    if (met.second)
      return false;
    std::string members;
    for (auto i = met.first->second; i < answer_.chain.size(); ++i) {
      answer_.loop.push_back(answer_.chain[i].task->id);
      members += to_string(answer_.loop.back()) + ", ";
    }
    auto id = to_string(next.change->record.id);
    end("loop",
        "a loop: the tasks " + members + "and again " + to_string(next.task->id) +
            " wait for each other",
        "one of them is given up: troupe abort " + id +
            "; this is a fault of Troupe: please report it with the output of: troupe why " + id +
            " --json");
    return true;
  }

  // --- looking things up ----------------------------------------------------------------------------

  const task_record* find_task(const change_view& view, task_id id) {
    auto [known, is_new] = tasks_.try_emplace(view.record.id);
    if (is_new)
      for (const auto& task : view.record.tasks)
        known->second.emplace(task.id, &task);
    auto found = known->second.find(id);
    return found == known->second.end() ? nullptr : found->second;
  }

  static wait_reason reason_of(const change_view& view, const task_record& task) {
    auto found = view.waits.find(task.id);
    return found == view.waits.end() ? waits::runnable{} : found->second;
  }

  static const task_record* nearest_to_running(const change_view& view, const task_filter& wanted) {
    const task_record* nearest = nullptr;
    std::ptrdiff_t least = 0;
    for (const auto& task : view.record.tasks) {
      if (is_ready(task.status) || !wanted(task))
        continue;
      auto distance = distance_from_running(reason_of(view, task));
      if (!nearest || distance < least) {
        nearest = &task;
        least = distance;
      }
    }
    return nearest;
  }

  why_link link_of(const place& where) const {
    const auto& view = *where.change;
    const auto& task = *where.task;
    why_link link{where.change, where.task, {}, {}, {}, reason_of(view, task), {}, task.spawned_at};
    link.lane = {view.record.id, task.lanes.empty() ? lane_number{0} : task.lanes.front()};
    for (const auto& op : view.record.operations)
      if (op.lane == link.lane.lane)
        link.doing += (link.doing.empty() ? "" : ", ") + op.verb + " " + op.snap;
    if (task.operation >= 0)
      link.snap = view.record.operations.at(static_cast<std::size_t>(task.operation)).snap;
    if (const auto* running = std::get_if<waits::running>(&link.reason))
      link.since = running->since;
    link.text = sentence(link);
    return link;
  }

  std::string sentence(const why_link& link) const {
    if (const auto* running = std::get_if<waits::running>(&link.reason)) {
      auto undo = link.task->status == task_status::undoing;
      auto told = link.task->status == task_status::abort;
      return (undo ? "its undo" : "it") + std::string{" has been running for "} + age(running->since) +
             (told ? " and is told to stop" : "");
    }
    if (const auto* claim = std::get_if<waits::claim>(&link.reason)) {
      auto owner = changes_.find(claim->owner);
      if (owner != changes_.end() && waits_for_its_snaps(*owner->second))
        return "change " + to_string(claim->owner) + " wants snap \"" + claim->snap +
               "\" too and came first";
    }
    return wait_sentence(link.reason);
  }

  std::string age(time_point since) const {
    return duration_text(std::max(now_ - since, duration::zero()));
  }

  static std::string whole_task(const why_link& link) {
    return task_text(*link.task) + of_change(*link.change);
  }

  time_point now_;
  std::map<change_id, change_view_ptr> changes_;
  std::map<change_id, std::unordered_map<task_id, const task_record*>> tasks_;
  std::unordered_map<task_id, std::size_t> visited_; // and where they stand in the chain
  explanation answer_;
};

} // namespace

explanation explain_wait(const std::vector<change_view_ptr>& changes, const why_question& question,
                         time_point now) {
  return wait_walk{changes, now}.take(question);
}

} // namespace troupe
