#include <catch2/catch.hpp>

#include "task_graph_support.hpp"

using namespace troupe;
using namespace troupe::graph_tests;

TEST_CASE("a task begins when every task it waits for is exactly Done") {
  task_graph graph{{task(1), task(2), task(3, {1, 2})}};
  CHECK(words(graph.take_eligible()) == "1 2");
  graph.finished_ok(task_id{1});
  CHECK(graph.take_eligible().empty());
  CHECK(graph.first_unready_predecessor(task_id{3}) == task_id{2});
  graph.finished_ok(task_id{2});
  CHECK_FALSE(graph.first_unready_predecessor(task_id{3}));
  CHECK(words(graph.take_eligible()) == "3");
}

TEST_CASE("a task doesn't begin behind one that is ready but not Done") {
  for (auto status : {task_status::hold, task_status::error, task_status::undone, task_status::wait}) {
    task_graph graph{{task(1, {}, {1}, status), task(2, {1}, {2})}};
    CHECK(graph.take_eligible().empty());
    CHECK(graph.first_unready_predecessor(task_id{2}) == task_id{1});
  }
}

TEST_CASE("of several eligible tasks the earliest is taken first, whatever its id") {
  task_graph graph{{task(9), task(3), task(7)}};
  CHECK(graph.take_one() == task_start{task_id{9}, false});
  CHECK(words(graph.take_eligible()) == "3 7");
  CHECK_FALSE(graph.take_one());
}

TEST_CASE("what failed stops what waits for it, and what was done is undone in reverse") {
  task_graph graph{{task(1), task(2, {1}), task(3, {2}), task(4, {3})}};
  CHECK(run(graph, {"3"}) == "1 2 3 2u 1u");
  CHECK(words(graph) == "Undone Undone Error Hold");
  CHECK(graph.change_status() == task_status::error);
  CHECK(graph.is_ready());
}

TEST_CASE("an undo begins when every task that waits for it is ready") {
  task_graph graph{{task(1, {}, {}, task_status::done), task(2, {1}, {}, task_status::done),
                    task(3, {1}, {}, task_status::done)}};
  graph.abort_change();
  CHECK(graph.first_unready_predecessor(task_id{1}) == task_id{2});
  CHECK(words(graph.take_eligible()) == "2u 3u");
  graph.finished_ok(task_id{2});
  CHECK(graph.first_unready_predecessor(task_id{1}) == task_id{3});
  CHECK(graph.take_eligible().empty());
  graph.finished_ok(task_id{3});
  CHECK(words(graph.take_eligible()) == "1u");
}

TEST_CASE("a failed undo doesn't stop earlier undos") {
  task_graph graph{{task(1), task(2, {1}), task(3, {2}), task(4, {3})}};
  CHECK(run(graph, {"4", "3u", "2u"}) == "1 2 3 4 3u 2u 1u");
  CHECK(words(graph) == "Undone Error Error Error");
}

TEST_CASE("what has no undo handler becomes Done again, and the undo goes on before it") {
  task_graph graph{{task(1), task(2, {1}, {}, task_status::do_, false), task(3, {2})}};
  CHECK(run(graph, {"3"}) == "1 2 3 1u");
  CHECK(words(graph) == "Undone Done Error");
}

TEST_CASE("several tasks without undo handler in a row hold nothing up") {
  task_graph graph{{task(1, {}, {}, task_status::undo), task(2, {1}, {}, task_status::undo, false),
                    task(3, {2}, {}, task_status::undo, false)}};
  CHECK(words(graph.take_eligible()) == "1u");
  CHECK(words(graph) == "Undoing Done Done");
  CHECK(graph.drain_changed() == ids({3, 2, 1}));
}

TEST_CASE("a task that wants a retry stays Doing and isn't taken again") {
  task_graph graph{{task(1)}};
  graph.take_eligible();
  graph.finished_retry(task_id{1});
  CHECK(words(graph) == "Doing");
  CHECK(graph.take_eligible().empty());
  graph.finished_ok(task_id{1});
  CHECK(graph.is_ready());
}

TEST_CASE("a task aborted between two tries is undone, or held without undo handler") {
  for (auto has_undo : {true, false}) {
    task_graph graph{{task(1, {}, {}, task_status::doing, has_undo)}};
    graph.abort_change();
    CHECK(graph.drain_to_stop() == ids({1}));
    CHECK(graph.drain_to_stop().empty());
    graph.handler_not_running(task_id{1});
    CHECK(words(graph) == (has_undo ? "Undo" : "Hold"));
  }
}

TEST_CASE("a task whose handler ends well in spite of an abort is undone, with or without handler") {
  for (auto has_undo : {true, false}) {
    task_graph graph{{task(1, {}, {}, task_status::doing, has_undo)}};
    graph.abort_change();
    graph.finished_ok(task_id{1});
    CHECK(words(graph) == "Undo");
    CHECK(run(graph) == (has_undo ? "1u" : ""));
    CHECK(words(graph) == (has_undo ? "Undone" : "Done"));
  }
}

TEST_CASE("only handlers that still have to be stopped are named") {
  task_graph graph{{task(1), task(2), task(3)}};
  graph.take_eligible();
  graph.finished_error(task_id{1});
  graph.finished_ok(task_id{3});
  CHECK(graph.drain_to_stop() == ids({2}));
}

TEST_CASE("an error of a stopped handler aborts its lanes again") {
  task_graph graph{{task(1, {}, {1}, task_status::abort), task(2, {}, {1}, task_status::done)}};
  graph.finished_error(task_id{1});
  CHECK(words(graph) == "Error Undo");
}

TEST_CASE("a failed undo aborts its lanes") {
  task_graph graph{{task(1, {}, {1}, task_status::undoing), task(2, {}, {1}, task_status::doing),
                    task(3, {}, {2}, task_status::doing)}};
  graph.finished_error(task_id{1});
  CHECK(words(graph) == "Error Abort Doing");
}

TEST_CASE("after a restart interrupted runs are started again and stopped ones are unwound") {
  task_graph graph{{task(1, {}, {}, task_status::doing), task(2, {}, {}, task_status::undoing),
                    task(3, {}, {}, task_status::abort), task(4, {}, {}, task_status::abort, false),
                    task(5), task(6, {}, {}, task_status::wait)}};
  CHECK(words(graph.resume_after_restart()) == "1 2u");
  CHECK(words(graph) == "Doing Undoing Undo Hold Do Wait");
  CHECK(graph.drain_changed() == ids({3, 4}));
  CHECK(words(graph.take_eligible()) == "3u 5");
}

TEST_CASE("what changed is told once, in the order of the first change") {
  task_graph graph{{task(1), task(2, {1})}};
  CHECK(graph.drain_changed().empty());
  graph.take_one();
  graph.finished_ok(task_id{1});
  graph.take_one();
  graph.abort_change();
  CHECK(graph.drain_changed() == ids({1, 2}));
  CHECK(graph.drain_changed().empty());
}

TEST_CASE("a change without tasks is ready and on Hold") {
  task_graph graph{{}};
  CHECK(graph.is_ready());
  CHECK(graph.change_status() == task_status::hold);
  CHECK(graph.lanes().empty());
  graph.abort_change();
  graph.abort_unready_lanes();
  CHECK_FALSE(graph.take_one());
}

TEST_CASE("edges are told from both ends, a wait named twice counts once") {
  task_graph graph{{task(1), task(2, {1, 1}), task(3, {2, 1, 2})}};
  CHECK(graph.waits_for(task_id{3}) == ids({2, 1}));
  CHECK(graph.waiters(task_id{1}) == ids({2, 3}));
  CHECK(run(graph) == "1 2 3");
}

TEST_CASE("a cycle of waits is refused with its ids") {
  try {
    task_graph graph{{task(1), task(2, {1, 4}), task(3, {2}), task(4, {3}), task(5, {4})}};
    FAIL("was accepted");
  } catch (const cycle_error& e) {
    CHECK(e.cycle() == ids({2, 3, 4}));
    CHECK(std::string{e.what()} == "cannot order tasks 2, 3, 4: they wait for each other in a cycle");
  }
  try {
    task_graph graph{{task(1, {1})}};
    FAIL("was accepted");
  } catch (const cycle_error& e) {
    CHECK(e.cycle() == ids({1}));
    CHECK(std::string{e.what()} == "cannot order task 1: it waits for itself");
  }
}

TEST_CASE("tasks that contradict each other are refused with the id") {
  CHECK_THROWS_WITH(task_graph({task(1, {2})}),
                    "cannot add task 1: it waits for task 2, which isn't in the change");
  CHECK_THROWS_WITH(task_graph({task(1), task(1)}), "cannot add task 1: its id is taken");
  CHECK_THROWS_WITH(task_graph({task(0)}), "cannot add a task to the change: it has no id");
  CHECK_THROWS_WITH(task_graph({task(1, {}, {}, task_status::wait, true, task_status::wait)}),
                    "cannot add task 1: it waits to become Wait");
}

TEST_CASE("an unknown task is refused by every step and nothing changes") {
  task_graph graph{{task(1, {}, {}, task_status::doing)}};
  const task_id no{7};
  CHECK_THROWS_WITH(graph.status(no), "cannot find task 7: it isn't in the change");
  CHECK_THROWS_AS(graph.finished_ok(no), failure);
  CHECK_THROWS_AS(graph.finished_error(no), failure);
  CHECK_THROWS_AS(graph.finished_retry(no), failure);
  CHECK_THROWS_AS(graph.finished_wait(no), failure);
  CHECK_THROWS_AS(graph.set_status(no, task_status::done), failure);
  CHECK_THROWS_AS(graph.handler_not_running(no), failure);
  CHECK_THROWS_AS(graph.resolve_wait(no), failure);
  CHECK_THROWS_AS(graph.first_unready_predecessor(no), failure);
  CHECK(words(graph) == "Doing");
}

TEST_CASE("tasks added later wait for those there are") {
  task_graph graph{{task(1)}};
  CHECK(run(graph) == "1");
  graph.add({task(2, {1}, {1}), task(3, {2}, {1})});
  CHECK_FALSE(graph.is_ready());
  CHECK(run(graph) == "2 3");
  CHECK(graph.lanes() == std::vector<lane_number>{0, 1});
}

TEST_CASE("tasks that haven't begun can be made to wait for added ones") {
  task_graph graph{{task(1, {}, {1}), task(2, {1}, {1}), task(3, {}, {2})}};
  CHECK(graph.take_one() == task_start{task_id{1}, false});
  graph.add({task(4, {}, {3})}, {{task_id{2}, task_id{4}}, {task_id{2}, task_id{4}}});
  graph.finished_ok(task_id{1});
  CHECK(graph.waits_for(task_id{2}) == ids({1, 4}));
  CHECK(words(graph.take_eligible()) == "3 4");
  graph.finished_ok(task_id{4});
  CHECK(words(graph.take_eligible()) == "2");
}

TEST_CASE("an addition that can't be made leaves the graph as it was") {
  task_graph graph{{task(1, {}, {1}), task(2, {1}, {1})}};
  graph.take_one();
  CHECK_THROWS_AS(graph.add({task(3, {}, {5}), task(2)}), failure);
  CHECK_THROWS_AS(graph.add({task(3, {4}), task(4, {3})}), cycle_error);
  CHECK_THROWS_AS(graph.add({task(3, {9})}), failure);
  CHECK_THROWS_WITH(graph.add({task(3)}, {{task_id{1}, task_id{3}}}),
                    "cannot make task 1 wait for task 3: it is in Doing");
  CHECK_THROWS_AS(graph.add({task(3)}, {{task_id{2}, task_id{9}}}), failure);
  CHECK_THROWS_AS(graph.add({task(3)}, {{task_id{9}, task_id{3}}}), failure);
  try {
    graph.add({task(3, {2})}, {{task_id{2}, task_id{3}}});
    FAIL("was accepted");
  } catch (const cycle_error& e) {
    CHECK(e.cycle() == ids({2, 3}));
  }
  CHECK(graph.size() == 2);
  CHECK(graph.lanes() == std::vector<lane_number>{1});
  CHECK(graph.waiters(task_id{2}).empty());
  CHECK(graph.waits_for(task_id{2}) == ids({1}));
}
