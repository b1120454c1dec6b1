#include <catch2/catch.hpp>

#include "task_graph_support.hpp"

// In a namespace of its own, because the standard library has an ::abort.
namespace troupe::graph_tests {
namespace {

using enum task_status;

TEST_CASE("a failure undoes its own lane; other lanes and lane 0 survive") {
  task_graph graph{{task(1), task(2, {}, {1}), task(3, {2}, {1}), task(4, {}, {2}), task(5, {4}, {2})}};
  CHECK(run(graph, {"3"}) == "1 2 3 2u 4 5");
  CHECK(words(graph) == "Done Undone Error Done Done");
}

TEST_CASE("a Done task of another lane is undone when a later task of that lane waited on the failure") {
  task_graph graph{{task(1, {}, {1}), task(2, {}, {2}), task(3, {1, 2}, {2}), task(4, {}, {3})}};
  graph.take_eligible();
  graph.finished_ok(task_id{2});
  graph.finished_ok(task_id{4});
  graph.finished_error(task_id{1});
  CHECK(words(graph) == "Error Undo Hold Done");
  CHECK(run(graph) == "2u");
}

TEST_CASE("what waits for an aborted task is aborted even in a live lane") {
  task_graph graph{{task(1, {}, {1}, doing), task(2, {1}, {2}), task(3, {}, {2}, doing)}};
  graph.abort_lanes({1});
  CHECK(words(graph) == "Abort Hold Abort");
}

TEST_CASE("lane 0 is aborted as a lane when one of its tasks waited on the failure") {
  task_graph graph{
      {task(1, {}, {1}, doing), task(2, {}, {}, done), task(3, {1}), task(4, {}, {2}, done)}};
  graph.finished_error(task_id{1});
  CHECK(words(graph) == "Error Undo Hold Done");
}

TEST_CASE("a task that is also in an entirely live lane is kept") {
  task_graph graph{{task(1, {}, {1, 2}, done), task(2, {}, {1}, doing), task(3, {}, {2}, doing)}};
  graph.abort_lanes({1});
  CHECK(words(graph) == "Done Abort Doing");
}

TEST_CASE("a lane with a task that isn't live keeps nobody") {
  for (auto status : {hold, error, undone, undo, undoing, abort}) {
    CAPTURE(to_word(status));
    task_graph graph{{task(1, {}, {1, 2}, done), task(2, {}, {1}, doing), task(3, {}, {2}, status)}};
    graph.abort_lanes({1});
    CHECK(graph.status(task_id{1}) == undo);
    CHECK(graph.status(task_id{3}) != doing);
  }
}

TEST_CASE("a task in Wait counts as what it waits to become") {
  const auto kept = [](task_status waited) {
    task_graph graph{{task(1, {}, {1, 2}, done), task(2, {}, {2}, wait, true, waited)}};
    graph.abort_lanes({1});
    return graph.status(task_id{1}) == done;
  };
  CHECK(kept(done));
  CHECK(kept(do_));
  CHECK_FALSE(kept(undone));
  CHECK_FALSE(kept(undo));
  CHECK_FALSE(kept(hold));
}

TEST_CASE("whether a lane is live counts its tasks in the aborted lanes too, whatever their order") {
  for (const auto& both : {std::vector<lane_number>{1, 2}, std::vector<lane_number>{2, 1}}) {
    task_graph graph{
        {task(1, {}, both, done), task(2, {}, both, error), task(3, {}, {1}, doing), task(4, {}, {2})}};
    graph.abort_lanes({1});
    CHECK(words(graph) == "Undo Error Abort Hold");
  }
}

TEST_CASE("a live lane that is aborted in the same abort keeps nobody") {
  task_graph graph{{task(1, {}, {1, 2}, done), task(2, {}, {1}, doing), task(3, {2}, {2}, do_),
                    task(4, {}, {2}, done)}};
  graph.abort_lanes({1});
  CHECK(words(graph) == "Undo Abort Hold Undo");
  task_graph other{{task(1, {}, {1, 2}, done), task(2, {}, {1, 2}, do_)}};
  other.abort_lanes({1, 2});
  CHECK(words(other) == "Undo Hold");
}

TEST_CASE("a task on which the abort has no effect passes it on") {
  for (auto status : {error, hold, undone}) {
    task_graph graph{{task(1, {}, {1, 2}, status), task(2, {1}, {3}), task(3, {}, {2}, done),
                      task(4, {}, {3}, doing), task(5, {}, {4}, doing)}};
    graph.abort_lanes({1});
    CHECK(graph.status(task_id{1}) == status);
    CHECK(graph.status(task_id{2}) == hold);
    CHECK(graph.status(task_id{3}) == undo);
    CHECK(graph.status(task_id{4}) == abort);
    CHECK(graph.status(task_id{5}) == doing);
  }
}

TEST_CASE("an erring task takes along all its lanes") {
  task_graph graph{{task(1, {}, {1, 2}), task(2, {}, {1}), task(3, {}, {2}), task(4, {}, {3})}};
  graph.take_eligible();
  graph.finished_error(task_id{1});
  CHECK(words(graph) == "Error Abort Abort Doing");
  CHECK(graph.drain_to_stop() == ids({2, 3}));
}

TEST_CASE("an abort of a change takes all its tasks") {
  task_graph graph{{task(1, {}, {}, done), task(2, {}, {1}, doing), task(3, {}, {2}),
                    task(4, {}, {3}, wait), task(5, {}, {4}, wait, true, do_),
                    task(6, {}, {5}, wait, true, undone), task(7, {}, {}, error)}};
  graph.abort_change();
  CHECK(words(graph) == "Undo Abort Hold Undo Hold Wait Error");
}

TEST_CASE("an abort of unready lanes leaves the ready ones") {
  task_graph graph{{task(1, {}, {1}, done), task(2, {}, {2}, done), task(3, {}, {2}),
                    task(4, {}, {3}, wait), task(5, {}, {}, done)}};
  graph.abort_unready_lanes();
  CHECK(words(graph) == "Done Undo Hold Undo Done");
}

TEST_CASE("a lane that doesn't exist is refused and nothing is aborted") {
  task_graph graph{{task(1, {}, {1})}};
  CHECK_THROWS_WITH(graph.abort_lanes({1, 7}), "cannot abort lane 7: it isn't in the change");
  CHECK(words(graph) == "Do");
  CHECK_THROWS_AS(graph.lane_ready(0), failure);
  CHECK_THROWS_AS(graph.tasks_of(7), failure);
  CHECK_FALSE(graph.has_lane(7));
  CHECK(graph.has_lane(1));
}

TEST_CASE("a lane is ready when all its tasks are, and says so once") {
  task_graph graph{{task(1, {}, {1}), task(2, {1}, {1, 2}), task(3)}};
  CHECK(graph.lanes() == std::vector<lane_number>{0, 1, 2});
  CHECK(graph.tasks_of(1) == ids({1, 2}));
  CHECK(graph.tasks_of(0) == ids({3}));
  graph.take_one();
  graph.finished_ok(task_id{1});
  CHECK_FALSE(graph.lane_ready(1));
  CHECK(graph.drain_ready_lanes().empty());
  graph.take_one();
  graph.finished_ok(task_id{2});
  CHECK(graph.lane_ready(1));
  CHECK(graph.lane_ready(2));
  CHECK(graph.drain_ready_lanes() == std::vector<lane_number>{1, 2});
  CHECK(graph.drain_ready_lanes().empty());
  CHECK_FALSE(graph.lane_ready(0));
}

TEST_CASE("a lane that is undone after it was ready becomes ready once more") {
  task_graph graph{{task(1, {}, {1}, doing)}};
  graph.finished_ok(task_id{1});
  graph.abort_lanes({1});
  CHECK(graph.drain_ready_lanes().empty());
  CHECK(run(graph) == "1u");
  CHECK(graph.drain_ready_lanes() == std::vector<lane_number>{1});
  graph.add({task(2, {}, {1})});
  CHECK_FALSE(graph.lane_ready(1));
}

TEST_CASE("a lane named twice counts once") {
  task_graph graph{{task(1, {}, {1, 2, 1})}};
  CHECK(graph.tasks_of(1) == ids({1}));
  run(graph);
  CHECK(graph.lane_ready(1));
}

} // namespace
} // namespace troupe::graph_tests
