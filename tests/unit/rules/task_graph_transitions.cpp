#include <catch2/catch.hpp>

#include <map>
#include <string>

#include "runtime/rules/task_transition.hpp"
#include "task_graph_support.hpp"

using namespace troupe;
using namespace troupe::graph_tests;

namespace {

using expectations = std::map<std::pair<task_status, task_event>, task_status>;

constexpr task_status all_statuses[]{
    task_status::do_,     task_status::doing,  task_status::done, task_status::abort, task_status::undo,
    task_status::undoing, task_status::undone, task_status::hold, task_status::error, task_status::wait};

// What the engine's page says, sentence by sentence; every pair that it doesn't name means nothing.
expectations expected(bool has_undo) {
  using enum task_status;
  using e = task_event;
  const auto unwound = has_undo ? undo : hold;
  return {
      {{do_, e::pick}, doing},
      {{do_, e::abort}, hold},
      {{doing, e::ok}, done},
      {{doing, e::retry}, doing},
      {{doing, e::wait}, wait},
      {{doing, e::error}, error},
      {{doing, e::abort}, abort},
      {{abort, e::ok}, undo},
      {{abort, e::retry}, unwound},
      {{abort, e::wait}, unwound},
      {{abort, e::not_running}, unwound},
      {{abort, e::error}, error},
      {{done, e::abort}, undo},
      {{undo, e::pick}, has_undo ? undoing : done},
      {{undoing, e::ok}, undone},
      {{undoing, e::retry}, undoing},
      {{undoing, e::wait}, wait},
      {{undoing, e::error}, error},
      // A handler that set the status itself, and then returned something else than ok.
      {{done, e::error}, error},
      {{undone, e::error}, error},
      {{hold, e::error}, error},
      {{error, e::error}, error},
      {{done, e::wait}, wait},
      {{undone, e::wait}, wait},
      {{hold, e::wait}, wait},
      {{error, e::wait}, wait},
  };
}

std::optional<task_status> lookup(const expectations& table, task_status from, task_event event) {
  const auto found = table.find({from, event});
  return found == table.end() ? std::nullopt : std::optional{found->second};
}

} // namespace

TEST_CASE("every pair of status and event leads where the engine's page says") {
  for (auto has_undo : {true, false}) {
    const auto table = expected(has_undo);
    for (auto from : all_statuses) {
      if (from == task_status::wait)
        continue;
      for (std::size_t e = 0; e < task_event_count; ++e) {
        CAPTURE(to_word(from), e, has_undo);
        const auto event = static_cast<task_event>(e);
        for (auto waited : all_statuses)
          CHECK(next_status(from, event, has_undo, waited) == lookup(table, from, event));
      }
    }
  }
}

TEST_CASE("a task in Wait takes nothing but its resolution and an abort of what it waits to become") {
  for (auto has_undo : {true, false})
    for (auto waited : all_statuses) {
      CAPTURE(to_word(waited), has_undo);
      CHECK(next_status(task_status::wait, task_event::resolve, has_undo, waited) == waited);
      for (auto event : {task_event::pick, task_event::ok, task_event::retry, task_event::wait,
                         task_event::error, task_event::not_running})
        CHECK_FALSE(next_status(task_status::wait, event, has_undo, waited));
      const auto aborted = next_status(task_status::wait, task_event::abort, has_undo, waited);
      CHECK(aborted == lookup(expected(has_undo), waited, task_event::abort));
    }
  CHECK(next_status(task_status::wait, task_event::abort, true, task_status::done) == task_status::undo);
  CHECK(next_status(task_status::wait, task_event::abort, true, task_status::do_) == task_status::hold);
}

TEST_CASE("the end of a run has the same effect on a graph's task as in the table") {
  for (auto has_undo : {true, false})
    for (auto from : all_statuses)
      for (auto event : {task_event::ok, task_event::retry, task_event::wait, task_event::not_running,
                         task_event::error, task_event::abort, task_event::resolve}) {
        CAPTURE(to_word(from), static_cast<int>(event), has_undo);
        task_graph graph{{task(1, {}, {}, from, has_undo)}};
        const task_id id{1};
        switch (event) {
        case task_event::ok:
          graph.finished_ok(id);
          break;
        case task_event::retry:
          graph.finished_retry(id);
          break;
        case task_event::wait:
          graph.finished_wait(id);
          break;
        case task_event::error:
          graph.finished_error(id);
          break;
        case task_event::abort:
          graph.abort_change();
          break;
        case task_event::not_running:
          graph.handler_not_running(id);
          break;
        default:
          graph.resolve_wait(id);
        }
        const auto to = next_status(from, event, has_undo, task_status::done).value_or(from);
        CHECK(graph.status(id) == to);
        CHECK(graph.count(to) == 1);
        CHECK(graph.is_ready() == is_ready(to));
        CHECK(graph.lane_ready(0) == is_ready(to));
        CHECK(graph.drain_changed().size() == (to == from ? 0 : 1));
      }
}

TEST_CASE("a handler may set how its task ends, and its ok then changes nothing") {
  for (auto final : {task_status::done, task_status::undone, task_status::hold, task_status::error})
    for (auto from : {task_status::doing, task_status::undoing}) {
      task_graph graph{{task(1, {}, {}, from)}};
      graph.set_status(task_id{1}, final);
      graph.finished_ok(task_id{1});
      CHECK(graph.status(task_id{1}) == final);
    }
}

TEST_CASE("a handler that sets Done while its task is aborted doesn't escape the undo") {
  task_graph graph{{task(1, {}, {}, task_status::abort)}};
  graph.set_status(task_id{1}, task_status::done);
  CHECK(words(graph) == "Abort");
  graph.finished_ok(task_id{1});
  CHECK(words(graph) == "Undo");
}

TEST_CASE("a handler can't set a status that isn't an end, nor one of a task that doesn't run") {
  for (auto status : {task_status::do_, task_status::doing, task_status::abort, task_status::undo,
                      task_status::undoing, task_status::wait}) {
    task_graph graph{{task(1, {}, {}, task_status::doing)}};
    CHECK_THROWS_AS(graph.set_status(task_id{1}, status), failure);
    CHECK(words(graph) == "Doing");
  }
  for (auto from : {task_status::do_, task_status::undo, task_status::wait}) {
    task_graph graph{{task(1, {}, {}, from)}};
    graph.set_status(task_id{1}, task_status::done);
    CHECK(graph.status(task_id{1}) == from);
  }
}

TEST_CASE("a task put aside becomes what its handler said when it is resolved") {
  for (auto waited : {task_status::done, task_status::undone, task_status::hold, task_status::error}) {
    task_graph graph{{task(1, {}, {}, task_status::doing)}};
    graph.finished_wait(task_id{1}, waited);
    CHECK(words(graph) == "Wait");
    CHECK(graph.waited(task_id{1}) == waited);
    graph.resolve_wait(task_id{1});
    CHECK(graph.status(task_id{1}) == waited);
  }
  task_graph graph{{task(1, {}, {}, task_status::doing)}};
  CHECK_THROWS_WITH(graph.finished_wait(task_id{1}, task_status::wait),
                    "cannot put task 1 aside: it would wait to become Wait");
  CHECK(words(graph) == "Doing");
}

TEST_CASE("a task resolved to Do, Undo, Doing or Undoing is started") {
  const auto started_as = [](task_status waited) {
    task_graph graph{{task(1, {}, {}, task_status::wait, true, waited)}};
    CHECK_FALSE(graph.take_one());
    graph.resolve_wait(task_id{1});
    const auto starts = words(graph.take_eligible());
    CHECK_FALSE(graph.take_one());
    return starts + " " + words(graph);
  };
  CHECK(started_as(task_status::do_) == "1 Doing");
  CHECK(started_as(task_status::doing) == "1 Doing");
  CHECK(started_as(task_status::undo) == "1u Undoing");
  CHECK(started_as(task_status::undoing) == "1u Undoing");
}

TEST_CASE("a task resolved to Abort or aborted before it was started again is to be stopped") {
  task_graph graph{{task(1, {}, {}, task_status::wait, true, task_status::abort)}};
  graph.resolve_wait(task_id{1});
  CHECK(graph.drain_to_stop() == ids({1}));
  graph.handler_not_running(task_id{1});
  CHECK(words(graph) == "Undo");

  task_graph other{{task(1, {}, {}, task_status::wait, false, task_status::doing)}};
  other.resolve_wait(task_id{1});
  other.abort_change();
  CHECK_FALSE(other.take_one());
  CHECK(other.drain_to_stop() == ids({1}));
  other.handler_not_running(task_id{1});
  CHECK(words(other) == "Hold");
}
