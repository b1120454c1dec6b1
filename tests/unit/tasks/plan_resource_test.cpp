#include <catch2/catch.hpp>

#include "runtime/tasks/plan_resource.hpp"
#include "runtime/tasks/task_kinds.hpp"

using namespace troupe;

namespace {

void add_task(change_record& plan, std::uint64_t id, const std::string& kind, lane_number lane,
              const std::vector<task_id>& waits_for = {}) {
  task_record task;
  task.id = {id};
  task.kind = kind;
  task.summary = "Do " + kind;
  task.lanes = {lane};
  task.waits_for = waits_for;
  plan.tasks.push_back(task);
}

void add_operation(change_record& plan, const std::string& snap, lane_number lane) {
  operation op;
  op.verb = "install";
  op.snap = snap;
  op.lane = lane;
  plan.operations.push_back(op);
}

/// A base and a snap on it, each in its lane.
json::array planned_lanes() {
  change_record plan;
  plan.kind = "install-snap";
  plan.summary = "Install two";
  add_operation(plan, "core22", 1);
  add_operation(plan, "hello", 2);
  add_task(plan, 1, "mount-snap", 1);
  add_task(plan, 2, "link-snap", 1, {{1}});
  add_task(plan, 3, "prerequisites", 2, {{2}});
  add_task(plan, 4, "link-snap", 2, {{3}});
  add_task(plan, 5, "run-hook", 2, {{4}});
  add_task(plan, 6, "discard-snap", 2, {{5}});
  auto resource = plan_resource(plan);
  CHECK(resource.at("kind") == "install-snap");
  CHECK(resource.at("summary") == "Install two");
  return resource.at("lanes").as_array();
}

json::object task_in(const json::value& lane, std::size_t place) {
  return lane.as_object().at("tasks").as_array().at(place).as_object();
}

} // namespace

TEST_CASE("a plan shows its lanes with their snaps and the lanes they wait for") {
  auto lanes = planned_lanes();
  REQUIRE(lanes.size() == 2);
  CHECK(lanes.at(0).at("lane") == 1);
  CHECK(lanes.at(0).at("doing") == "install core22");
  CHECK(lanes.at(0).at("snaps") == json::array{"core22"});
  CHECK(lanes.at(0).at("waits-for-lanes") == json::array{});
  CHECK(lanes.at(1).at("doing") == "install hello");
  CHECK(lanes.at(1).at("waits-for-lanes") == json::array{1});
}

TEST_CASE("a planned task says what it does, what its undo does, and what it waits for") {
  auto lanes = planned_lanes();
  auto mount = task_in(lanes.at(0), 0);
  CHECK(mount.at("id") == "1");
  CHECK(mount.at("summary") == "Do mount-snap");
  CHECK(mount.at("do") == "places the image, synced, and mounts it");
  CHECK(mount.at("undo") == "unmounts it, removes image and mount point");
  CHECK(mount.at("waits") == "nothing");
  auto check = task_in(lanes.at(1), 0);
  CHECK(check.at("undo") == nullptr);
  CHECK(check.at("irreversible") == false);
  CHECK(check.at("waits-for") == json::array{"2"});
  CHECK(check.at("waits") == "predecessor");
  auto discard = task_in(lanes.at(1), 3);
  CHECK(discard.at("undo") == nullptr);
  CHECK(discard.at("irreversible") == true);
}

TEST_CASE("a lane asks for admission before its first critical task only") {
  auto lanes = planned_lanes();
  CHECK(task_in(lanes.at(1), 1).at("waits") == "admission");
  CHECK(task_in(lanes.at(1), 1).at("critical") == true);
  CHECK(task_in(lanes.at(1), 2).at("waits") == "predecessor");
  CHECK(task_in(lanes.at(1), 2).at("critical") == true);
  CHECK(task_in(lanes.at(1), 0).at("critical") == false);
}

TEST_CASE("every task kind says what it does, and what its undo does or that there is none") {
  for (const auto& kind : task_kinds()) {
    INFO(kind.name);
    CHECK_FALSE(kind.does.empty());
    if (!kind.undo)
      CHECK(kind.undoes.empty());
    if (kind.irreversible)
      CHECK_FALSE(kind.undo);
  }
}

TEST_CASE("a task of a kind that this version doesn't know is planned without words") {
  change_record plan;
  add_task(plan, 1, "from-the-future", 0);
  auto task = task_in(plan_resource(plan).at("lanes").as_array().at(0), 0);
  CHECK(task.at("do") == nullptr);
  CHECK(task.at("undo") == nullptr);
}
