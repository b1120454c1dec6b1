#include <catch2/catch.hpp>

#include "runtime/rules/task_additions.hpp"

using namespace troupe;

namespace {

task_record task_of(std::uint64_t id, std::string kind, std::vector<task_id> waits_for,
                    std::int32_t operation, task_status status) {
  task_record task;
  task.id = {id};
  task.kind = std::move(kind);
  task.waits_for = std::move(waits_for);
  task.operation = operation;
  task.lanes = {static_cast<lane_number>(operation + 1)};
  task.status = status;
  return task;
}

task_graph graph_of(const change_record& change) {
  std::vector<graph_task> tasks;
  for (const auto& task : change.tasks)
    tasks.push_back({task.id, task.waits_for, task.lanes, true, task.status});
  return task_graph{std::move(tasks)};
}

} // namespace

TEST_CASE("added tasks come between the one that found them and what waits for it") {
  change_record change;
  change.operations.resize(2);
  change.operations[0].snap = "library";
  change.operations[1].snap = "player";
  change.tasks = {task_of(1, "link-snap", {}, 0, task_status::done),
                  task_of(2, "run-hook", {{1}}, 0, task_status::done),
                  task_of(3, "discard-snap", {{2}}, 0, task_status::error),
                  task_of(4, "auto-connect", {}, 1, task_status::doing),
                  task_of(5, "setup-aliases", {{4}}, 1, task_status::do_)};
  auto about = task_of(1, "connect", {}, -1, task_status::do_);
  about.setup = R"({"connection":"player:music library:music"})";
  const std::vector more{about, task_of(2, "setup-profiles", {{1}}, -1, task_status::do_)};
  const auto added = additions_after({4}, more, {10}, change, graph_of(change));
  REQUIRE(added.rows.tasks.size() == 2);
  // The last that is done of the library is its hook: what has failed would be waited for for ever.
  CHECK(added.rows.tasks[0].waits_for == std::vector<task_id>{{4}, {2}});
  CHECK(added.rows.tasks[1].waits_for == std::vector<task_id>{{10}});
  CHECK(added.rows.tasks[1].id == task_id{11});
  CHECK(added.rows.tasks[1].operation == 1);
  CHECK(added.rows.tasks[1].lanes == std::vector<lane_number>{2});
  REQUIRE(added.waits.size() == 1);
  CHECK(added.waits[0].task == task_id{5});
  CHECK(added.waits[0].waits_for == task_id{11});
  REQUIRE(added.rows.waits.size() == 1);
  CHECK(added.rows.waits[0].second == std::vector<task_id>{{4}, {11}});
}
