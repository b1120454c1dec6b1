#include <catch2/catch.hpp>

#include "task_graph_support.hpp"

// In a namespace of its own, because the standard library has an ::abort.
namespace troupe::graph_tests {
namespace {

using enum task_status;

TEST_CASE("a change has the first status of the order that one of its tasks has") {
  const task_status order[]{abort, undoing, undo, doing, do_, wait, error, undone, done, hold};
  for (std::size_t first = 0; first < std::size(order); ++first) {
    std::vector<graph_task> tasks;
    for (auto i = std::size(order); i > first; --i)
      tasks.push_back(task(i, {}, {}, order[i - 1]));
    CHECK(task_graph{tasks}.change_status() == order[first]);
  }
}

TEST_CASE("a change is in Wait when all that is left is held up by tasks in Wait") {
  CHECK(task_graph({task(1, {}, {}, wait)}).change_status() == wait);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {1}), task(3, {2})}).change_status() == wait);
  CHECK(task_graph({task(1, {}, {}, undo), task(2, {1}, {}, undo), task(3, {2}, {}, wait)})
            .change_status() == wait);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, error), task(3, {}, {}, undone)})
            .change_status() == wait);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, hold), task(3, {1, 2})}).change_status() ==
        wait);
}

TEST_CASE("a change isn't in Wait while something can still move") {
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {1}), task(3)}).change_status() == do_);
  CHECK(task_graph({task(1, {}, {}, wait), task(2), task(3, {1, 2})}).change_status() == do_);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, undo)}).change_status() == undo);
  CHECK(task_graph({task(1, {}, {}, undo), task(2, {1}, {}, wait), task(3, {1}, {}, undo)})
            .change_status() == undo);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, doing)}).change_status() == doing);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, undoing)}).change_status() == undoing);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, abort)}).change_status() == abort);
}

TEST_CASE("a change isn't in Wait when a task is blocked by something else than a Wait") {
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, hold), task(3, {2})}).change_status() == do_);
  CHECK(task_graph({task(1, {}, {}, wait), task(2, {}, {}, undo), task(3, {2})}).change_status() ==
        undo);
}

TEST_CASE("a change goes on when its Wait is resolved") {
  task_graph graph{{task(1), task(2, {1})}};
  graph.take_one();
  graph.finished_wait(task_id{1});
  CHECK(graph.change_status() == wait);
  CHECK_FALSE(graph.take_one());
  CHECK_FALSE(graph.is_ready());
  CHECK(graph.first_unready_predecessor(task_id{2}) == task_id{1});
  graph.resolve_wait(task_id{1});
  CHECK(graph.change_status() == do_);
  CHECK(run(graph) == "2");
  CHECK(graph.change_status() == done);
}

TEST_CASE("ten thousand tasks behind one in Wait are held up, in a chain and in a fan") {
  for (auto chain : {true, false}) {
    std::vector<graph_task> tasks{task(1, {}, {}, wait)};
    for (std::uint64_t id = 2; id <= 10'000; ++id)
      tasks.push_back(task(id, {chain ? id - 1 : 1}));
    CHECK(task_graph{tasks}.change_status() == wait);
  }
}

TEST_CASE("ten thousand tasks in a chain run, and are undone when the last fails") {
  std::vector<graph_task> tasks{task(1, {}, {1})};
  for (std::uint64_t id = 2; id <= 10'000; ++id)
    tasks.push_back(task(id, {id - 1}, {1}));
  task_graph good{tasks};
  run(good);
  CHECK(good.count(done) == 10'000);
  task_graph bad{tasks};
  run(bad, {"10000"});
  CHECK(bad.count(undone) == 9'999);
  CHECK(bad.change_status() == error);
}

TEST_CASE("ten thousand tasks run in a fan, and in one lane fail one after the other") {
  std::vector<graph_task> tasks{task(1)};
  for (std::uint64_t id = 2; id < 10'000; ++id)
    tasks.push_back(task(id, {1}, {1}));
  std::vector<std::uint64_t> all;
  for (std::uint64_t id = 2; id < 10'000; ++id)
    all.push_back(id);
  tasks.push_back(task(10'000, all, {1}));
  task_graph good{tasks};
  run(good);
  CHECK(good.count(done) == 10'000);
  task_graph bad{tasks};
  bad.take_one();
  bad.finished_ok(task_id{1});
  for (const auto& s : bad.take_eligible())
    bad.finished_error(s.id);
  CHECK(words(bad.take_eligible()).empty());
  CHECK(bad.count(error) == 9'998);
  CHECK(bad.count(hold) == 1);
  CHECK(bad.count(done) == 1);
}

TEST_CASE("more tasks than a change may have are refused, a long cycle too") {
  std::vector<graph_task> tasks;
  for (std::uint64_t id = 1; id <= 10'001; ++id)
    tasks.push_back(task(id));
  CHECK_THROWS_WITH(task_graph{tasks},
                    "cannot add 10001 tasks to a change of 0: it may have 10000 at most");
  tasks.pop_back();
  task_graph full{tasks};
  CHECK_THROWS_AS(full.add({task(10'001)}), failure);
  CHECK(full.size() == 10'000);
  for (std::uint64_t id = 1; id <= 10'000; ++id)
    tasks[id - 1].waits_for = ids({id % 10'000 + 1});
  CHECK_THROWS_AS(task_graph{tasks}, cycle_error);
}

} // namespace
} // namespace troupe::graph_tests
