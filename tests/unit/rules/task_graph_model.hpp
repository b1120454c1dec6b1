#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/rules/task_graph.hpp"

namespace troupe::graph_tests {

/// The rules of a change's tasks, slow and plain: it keeps nothing but the statuses, looks at all tasks
/// again each time, and shares no code with the graph.
class slow_model {
public:
  using status = task_status;

  struct item {
    task_id id;
    std::vector<std::size_t> before;
    std::set<lane_number> lanes;
    bool has_undo;
    status now;
    status waited;
  };

  explicit slow_model(const std::vector<graph_task>& tasks) { add(tasks); }

  void add(const std::vector<graph_task>& tasks) {
    for (const auto& t : tasks) {
      item added{t.id, {}, {t.lanes.begin(), t.lanes.end()}, t.has_undo, t.status, t.waited};
      if (added.lanes.empty())
        added.lanes.insert(0);
      items.push_back(added);
    }
    for (const auto& t : tasks)
      for (auto id : t.waits_for)
        items[place(t.id)].before.push_back(place(id));
  }

  std::size_t place(task_id id) const {
    for (std::size_t i = 0; i < items.size(); ++i)
      if (items[i].id == id)
        return i;
    throw std::logic_error{"no such task"};
  }

  item& of(task_id id) { return items[place(id)]; }

  std::vector<std::size_t> after(std::size_t i) const {
    std::vector<std::size_t> result;
    for (std::size_t j = 0; j < items.size(); ++j)
      if (std::ranges::count(items[j].before, i) > 0)
        result.push_back(j);
    return result;
  }

  static bool ready(status s) {
    return s == status::done || s == status::undone || s == status::hold || s == status::error;
  }

  bool may_begin(std::size_t i) const {
    const auto& t = items[i];
    if (t.now == status::do_) {
      for (auto j : t.before)
        if (items[j].now != status::done)
          return false;
      return true;
    }
    if (t.now == status::undo) {
      for (auto j : after(i))
        if (!ready(items[j].now))
          return false;
      return true;
    }
    return t.now == status::undoing && !t.has_undo;
  }

  std::optional<task_start> take_one() {
    for (;;) {
      std::size_t i = 0;
      while (i < items.size() && !may_begin(i))
        ++i;
      if (i == items.size())
        return std::nullopt;
      auto& t = items[i];
      if (t.now == status::do_) {
        t.now = status::doing;
        return task_start{t.id, false};
      }
      if (t.has_undo) {
        t.now = status::undoing;
        return task_start{t.id, true};
      }
      t.now = status::done;
    }
  }

  void ok(task_id id) {
    auto& now = of(id).now;
    if (now == status::doing)
      now = status::done;
    else if (now == status::abort)
      now = status::undo;
    else if (now == status::undoing)
      now = status::undone;
  }

  void stopped(task_id id) {
    if (of(id).now == status::abort)
      of(id).now = of(id).has_undo ? status::undo : status::hold;
  }

  void put_aside(task_id id, status waited) {
    if (of(id).now == status::abort) {
      stopped(id);
    } else {
      of(id).now = status::wait;
      of(id).waited = waited;
    }
  }

  void fail(task_id id) {
    abort_lanes(of(id).lanes);
    of(id).now = status::error;
  }

  void abort_one(item& t) {
    const auto what = t.now == status::wait ? t.waited : t.now;
    if (what == status::do_)
      t.now = status::hold;
    else if (what == status::doing)
      t.now = status::abort;
    else if (what == status::done)
      t.now = status::undo;
  }

  void abort_change() {
    for (auto& t : items)
      abort_one(t);
  }

  bool entirely_live(lane_number lane) const {
    for (const auto& t : items) {
      const auto s = t.now == status::wait ? t.waited : t.now;
      if (t.lanes.contains(lane) && s != status::do_ && s != status::doing && s != status::done)
        return false;
    }
    return true;
  }

  void abort_lanes(std::set<lane_number> given_up) {
    std::set<std::size_t> taken;
    for (bool grew = true; grew;) {
      grew = false;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (taken.contains(i))
          continue;
        bool in_given_up = false;
        bool kept = false;
        for (auto lane : items[i].lanes) {
          in_given_up = in_given_up || given_up.contains(lane);
          kept = kept || (!given_up.contains(lane) && entirely_live(lane));
        }
        bool waits_on_taken = false;
        for (auto j : items[i].before)
          waits_on_taken = waits_on_taken || taken.contains(j);
        if ((in_given_up && !kept) || waits_on_taken) {
          taken.insert(i);
          given_up.insert(items[i].lanes.begin(), items[i].lanes.end());
          grew = true;
        }
      }
    }
    for (auto i : taken)
      abort_one(items[i]);
  }

  std::set<lane_number> lanes(bool only_unready) const {
    std::set<lane_number> result;
    for (const auto& t : items)
      if (!only_unready || !ready(t.now))
        result.insert(t.lanes.begin(), t.lanes.end());
    return result;
  }

  bool lane_ready(lane_number lane) const { return !lanes(true).contains(lane); }

  /// The tasks in Wait, and those in Do or Undo that are held up by them.
  std::set<std::size_t> held_up() const {
    std::set<std::size_t> held;
    for (std::size_t i = 0; i < items.size(); ++i)
      if (items[i].now == status::wait)
        held.insert(i);
    for (std::size_t size = 0; size != held.size();) {
      size = held.size();
      for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i].now == status::do_ || items[i].now == status::undo)
          for (auto j : items[i].now == status::do_ ? items[i].before : after(i))
            if (held.contains(j))
              held.insert(i);
    }
    return held;
  }

  status change_status() const {
    std::set<status> present;
    for (const auto& t : items)
      present.insert(t.now);
    bool waits = present.contains(status::wait) && !present.contains(status::doing) &&
                 !present.contains(status::undoing) && !present.contains(status::abort);
    const auto held = held_up();
    for (std::size_t i = 0; waits && i < items.size(); ++i)
      if (items[i].now == status::do_ || items[i].now == status::undo)
        waits = held.contains(i);
    if (waits)
      return status::wait;
    for (auto s : {status::abort, status::undoing, status::undo, status::doing, status::do_,
                   status::wait, status::error, status::undone, status::done})
      if (present.contains(s))
        return s;
    return status::hold;
  }

  std::optional<task_id> held_by(std::size_t i) const {
    if (items[i].now == status::do_)
      for (auto j : items[i].before)
        if (items[j].now != status::done)
          return items[j].id;
    if (items[i].now == status::undo)
      for (auto j : after(i))
        if (!ready(items[j].now))
          return items[j].id;
    return std::nullopt;
  }

  std::vector<item> items;
};

} // namespace troupe::graph_tests
