#include <catch2/catch.hpp>

#include "task_graph_support.hpp"

using namespace troupe;
using namespace troupe::graph_tests;
using Catch::Contains;

namespace {

constexpr auto do_ = task_status::do_;
constexpr auto doing = task_status::doing;
constexpr auto done = task_status::done;

/// A removal: 1 unlinks, 2 clears for good, 3 discards for good.
std::vector<graph_task> removal(lane_number lane, std::uint64_t first = 1,
                                std::vector<task_status> statuses = {do_, do_, do_}) {
  std::vector<graph_task> tasks;
  for (std::uint64_t i = 0; i < 3; ++i) {
    tasks.push_back(
        task(first + i, i == 0 ? std::vector<std::uint64_t>{} : std::vector{first + i - 1}, {lane}));
    tasks.back().status = statuses[i];
    tasks.back().operation = static_cast<std::int32_t>(lane);
    tasks.back().has_undo = i == 0;
    tasks.back().is_irreversible = i > 0;
  }
  return tasks;
}

} // namespace

TEST_CASE("before its irreversible task begins a lane is undone by an abort") {
  task_graph graph{removal(1)};
  graph.take_eligible();
  graph.finished_ok(task_id{1});
  CHECK_FALSE(graph.is_past_return());
  graph.abort_change();
  CHECK(words(graph) == "Undo Hold Hold");
}

TEST_CASE("once its irreversible task has begun no abort touches a lane") {
  task_graph graph{removal(1)};
  graph.take_eligible();
  graph.finished_ok(task_id{1});
  graph.take_eligible();
  REQUIRE(words(graph) == "Done Doing Do");
  CHECK(graph.is_past_return());
  SECTION("of the change") { graph.abort_change(); }
  SECTION("of the lane") { graph.abort_lanes({1}); }
  SECTION("of what isn't ready") { graph.abort_unready_lanes(); }
  CHECK(words(graph) == "Done Doing Do");
  CHECK(graph.drain_to_stop().empty());
}

TEST_CASE("a lane that was past the point of return is so after a restart") {
  auto second = GENERATE(doing, done);
  task_graph graph{removal(1, 1, {done, second, do_})};
  graph.resume_after_restart();
  CHECK(graph.is_past_return());
  graph.abort_change();
  CHECK(words(graph) == "Done " + to_string(second) + " Do");
}

TEST_CASE("when an irreversible task fails, what waits for it is held and nothing is undone") {
  task_graph graph{removal(1)};
  graph.take_eligible();
  graph.finished_ok(task_id{1});
  graph.take_eligible();
  graph.finished_error(task_id{2});
  CHECK(words(graph) == "Done Error Hold");
  CHECK(graph.is_ready());
  CHECK_FALSE(graph.is_past_return());
}

TEST_CASE("when an irreversible task fails, what of its lane can still go back is undone") {
  // Two removals in one lane: both unlink before either clears and discards.
  auto tasks = removal(1);
  for (auto& more : removal(2, 4)) {
    more.lanes = {1};
    tasks.push_back(more);
  }
  tasks[3].waits_for = {task_id{1}};
  tasks[1].waits_for = {task_id{4}};
  tasks[4].waits_for = {task_id{3}};
  task_graph graph{tasks};
  CHECK(run(graph, {"3"}) == "1 4 2 3 4u");
  CHECK(words(graph) == "Done Done Error Undone Hold Hold");
}

TEST_CASE("an abort undoes the lanes that can still go back") {
  auto tasks = removal(1);
  for (auto& more : removal(2, 4))
    tasks.push_back(more);
  task_graph graph{tasks};
  graph.take_eligible();
  graph.finished_ok(task_id{1});
  graph.finished_ok(task_id{4});
  REQUIRE(graph.take_one()->id == task_id{2});
  CHECK_FALSE(graph.is_past_return());
  graph.abort_change();
  CHECK(words(graph) == "Done Doing Do Undo Hold Hold");
  CHECK(run(graph) == "4u");
  graph.finished_ok(task_id{2});
  CHECK(run(graph) == "3");
  CHECK(words(graph) == "Done Done Done Undone Hold Hold");
}

TEST_CASE("after an undo that failed the rest of its operation stays done") {
  std::vector<graph_task> tasks{task(1, {}, {1}), task(2, {1}, {1}), task(3, {2}, {1}),
                                task(4, {3}, {1})};
  for (auto& each : tasks)
    each.operation = each.id == task_id{1} ? 0 : 1;
  task_graph graph{tasks};
  CHECK(run(graph, {"4", "3u"}) == "1 2 3 4 3u 1u");
  CHECK(words(graph) == "Undone Done Error Error");
}

TEST_CASE("what an undo that failed has left stays done when another one fails in its lane") {
  std::vector<graph_task> tasks{task(1, {}, {1}), task(2, {1}, {1}), task(3, {}, {1}), task(4, {3}, {1}),
                                task(5, {2, 4}, {1})};
  for (auto& each : tasks)
    each.operation = each.id < task_id{3} ? 0 : 1;
  task_graph graph{tasks};
  CHECK(run(graph, {"5", "2u", "4u"}) == "1 2 3 4 5 2u 4u");
  CHECK(words(graph) == "Done Error Done Error Error");
}
