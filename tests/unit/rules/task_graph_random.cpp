#include <catch2/catch.hpp>

#include <random>

#include "task_graph_model.hpp"
#include "task_graph_support.hpp"

using namespace troupe;
using namespace troupe::graph_tests;

namespace {

class random_run {
public:
  explicit random_run(std::uint64_t seed, bool fresh)
      : random_{seed}, fresh_{fresh}, first_{some_tasks(1 + below(12))}, graph_{first_}, model_{first_} {
    if (!fresh_)
      restart();
  }

  void step() {
    switch (below(fresh_ ? 12 : 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return take_one();
    case 4:
      return take_all();
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
      return end_a_run();
    case 10:
      return resolve();
    case 11:
      return below(4) == 0 ? restart() : take_one();
    case 12:
      return abort_lanes();
    case 13:
      return below(4) == 0 ? abort_all() : end_a_run();
    case 14:
      return below(3) == 0 ? abort_unready() : end_a_run();
    default:
      return below(5) == 0 ? add() : end_a_run();
    }
  }

  void compare() {
    std::map<task_status, std::size_t> counts;
    for (std::size_t i = 0; i < model_.items.size(); ++i) {
      const auto& item = model_.items[i];
      CAPTURE(item.id.value);
      REQUIRE(to_string(graph_.status(item.id)) == to_string(item.now));
      REQUIRE(graph_.first_unready_predecessor(item.id) == model_.held_by(i));
      ++counts[item.now];
      if (item.now != last_[item.id])
        must_be_told_.insert(item.id);
      last_[item.id] = item.now;
    }
    for (const auto& [status, count] : counts)
      REQUIRE(graph_.count(status) == count);
    REQUIRE(to_string(graph_.change_status()) == to_string(model_.change_status()));
    REQUIRE(graph_.is_ready() == model_.lanes(true).empty());
    const auto lanes = model_.lanes(false);
    REQUIRE(graph_.lanes() == std::vector(lanes.begin(), lanes.end()));
    for (auto lane : lanes)
      REQUIRE(graph_.lane_ready(lane) == model_.lane_ready(lane));
    if (below(3) == 0)
      compare_told();
  }

  /// Lets everything end well from here on.
  void finish() {
    for (int rounds = 0; rounds < 1000; ++rounds) {
      while (below(2) == 0)
        take_one();
      if (running_.empty() && !take_and_compare()) {
        resolve();
        if (graph_.count(task_status::wait) == 0 && running_.empty() && !take_and_compare())
          return;
      }
      if (!running_.empty()) {
        const auto id = pick_running();
        graph_.finished_ok(id);
        model_.ok(id);
      }
      compare();
    }
    FAIL("it doesn't end");
  }

  bool is_ready() const { return graph_.is_ready(); }

private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::vector<graph_task> some_tasks(std::size_t count) {
    std::vector<graph_task> tasks;
    for (std::size_t i = 0; i < count; ++i) {
      graph_task t;
      t.id = task_id{next_id_++};
      for (std::uint64_t before = 1; before < t.id.value; ++before)
        if (below(5) == 0)
          t.waits_for.push_back(task_id{before});
      for (auto lanes = below(3); lanes > 0; --lanes)
        t.lanes.push_back(static_cast<lane_number>(below(5)));
      t.has_undo = below(4) != 0;
      if (!fresh_ && below(3) == 0) {
        t.status = static_cast<task_status>(below(task_status_count));
        t.waited = some_waited();
      }
      tasks.push_back(t);
    }
    return tasks;
  }

  task_status some_waited() {
    constexpr task_status choices[]{task_status::done, task_status::done,   task_status::do_,
                                    task_status::undo, task_status::undone, task_status::hold};
    return choices[below(std::size(choices))];
  }

  bool take_and_compare() {
    const auto taken = graph_.take_one();
    REQUIRE(taken == model_.take_one());
    if (taken)
      running_.insert(taken->id);
    return taken.has_value();
  }

  void take_one() { take_and_compare(); }

  void take_all() {
    const auto starts = graph_.take_eligible();
    std::vector<task_start> expected;
    while (const auto next = model_.take_one())
      expected.push_back(*next);
    std::ranges::sort(expected, {}, [&](const task_start& s) { return model_.place(s.id); });
    REQUIRE(starts == expected);
    for (const auto& s : starts)
      running_.insert(s.id);
  }

  task_id pick_running() {
    auto at = running_.begin();
    std::advance(at, below(running_.size()));
    const auto id = *at;
    running_.erase(at);
    return id;
  }

  void end_a_run() {
    if (running_.empty())
      return take_one();
    const auto id = pick_running();
    switch (below(8)) {
    case 0:
      graph_.finished_error(id);
      return model_.fail(id);
    case 1: {
      const auto waited = some_waited();
      graph_.finished_wait(id, waited);
      return model_.put_aside(id, waited);
    }
    case 2:
      graph_.finished_retry(id);
      model_.stopped(id);
      if (const auto now = graph_.status(id); now == task_status::doing || now == task_status::undoing)
        running_.insert(id);
      return;
    case 3:
      graph_.handler_not_running(id);
      model_.stopped(id);
      running_.insert(id);
      if (const auto now = graph_.status(id); now != task_status::doing && now != task_status::undoing)
        running_.erase(id);
      return;
    default:
      graph_.finished_ok(id);
      return model_.ok(id);
    }
  }

  void resolve() {
    for (auto& item : model_.items)
      if (item.now == task_status::wait) {
        graph_.resolve_wait(item.id);
        item.now = item.waited;
      }
  }

  void abort_lanes() {
    std::set<lane_number> chosen;
    for (auto lane : graph_.lanes())
      if (below(4) == 0)
        chosen.insert(lane);
    graph_.abort_lanes({chosen.begin(), chosen.end()});
    model_.abort_lanes(chosen);
  }

  void abort_all() {
    graph_.abort_change();
    model_.abort_change();
  }

  void abort_unready() {
    graph_.abort_unready_lanes();
    model_.abort_lanes(model_.lanes(true));
  }

  void add() {
    const auto more = some_tasks(1 + below(3));
    if (graph_.size() > 20)
      return void(next_id_ -= more.size());
    std::vector<graph_task> given;
    for (auto t : more) {
      t.status = task_status::do_;
      given.push_back(t);
    }
    graph_.add(given);
    model_.add(given);
    for (const auto& t : given)
      last_[t.id] = t.status;
  }

  void restart() {
    std::vector<graph_task> tasks;
    for (const auto& item : model_.items)
      tasks.push_back({item.id,
                       graph_.waits_for(item.id),
                       {item.lanes.begin(), item.lanes.end()},
                       item.has_undo,
                       item.now,
                       item.waited});
    graph_ = task_graph{tasks};
    model_ = slow_model{tasks};
    last_.clear();
    for (const auto& t : tasks)
      last_[t.id] = t.status;
    must_be_told_.clear();
    running_.clear();
    for (const auto& s : graph_.resume_after_restart())
      running_.insert(s.id);
    for (const auto& t : tasks) {
      model_.stopped(t.id);
      auto can_be_undone = std::ranges::find(model_.items, t.id, &slow_model::item::id)->has_undo;
      REQUIRE(running_.contains(t.id) ==
              (t.status == task_status::doing || (t.status == task_status::undoing && can_be_undone)));
    }
  }

  void compare_told() {
    const auto told = graph_.drain_changed();
    const std::set<task_id> once{told.begin(), told.end()};
    REQUIRE(once.size() == told.size());
    for (auto id : must_be_told_)
      REQUIRE(once.contains(id));
    must_be_told_.clear();
    for (auto id : graph_.drain_to_stop())
      REQUIRE(graph_.status(id) == task_status::abort);
    for (auto lane : graph_.drain_ready_lanes())
      REQUIRE(graph_.lane_ready(lane));
  }

  std::mt19937_64 random_;
  bool fresh_;
  std::uint64_t next_id_ = 1;
  std::vector<graph_task> first_;
  task_graph graph_;
  slow_model model_;
  std::map<task_id, task_status> last_;
  std::set<task_id> must_be_told_;
  std::set<task_id> running_;
};

} // namespace

TEST_CASE("random runs from random statuses agree with the slow model at every step") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    CAPTURE(seed);
    random_run run{seed, false};
    run.compare();
    for (int i = 0; i < 40; ++i) {
      run.step();
      run.compare();
    }
  }
}

TEST_CASE("random changes with failures end, whatever was waited for or aborted") {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    CAPTURE(seed);
    random_run run{seed * 7919, true};
    for (int i = 0; i < 30; ++i) {
      run.step();
      run.compare();
    }
    run.finish();
  }
}
