#include <catch2/catch.hpp>

#include "runtime/api/resources.hpp"
#include "runtime/api/why_resource.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point start{std::chrono::seconds{1'700'000'000}};

change_view_ptr waiting_change() {
  auto view = std::make_shared<change_view>();
  view->record.id = {5};
  view->record.kind = "install-snap";
  view->record.spawned_at = start;
  view->record.requester_uid = 1000;
  operation op;
  op.verb = "install";
  op.snap = "hello";
  op.lane = 2;
  view->record.operations.push_back(op);
  task_record task;
  task.id = {10};
  task.kind = "link-snap";
  task.summary = "Link it";
  task.lanes = {2};
  task.operation = 0;
  task.spawned_at = start;
  view->record.tasks.push_back(task);
  view->waits.emplace(task.id, waits::admission{{{4}, 1}, "they are connected"});
  view->lanes.push_back({2, false, "install hello", task_status::doing});
  return view;
}

} // namespace

TEST_CASE("an explanation is shown with its links, their owners and the root cause") {
  auto shown = why_resource(explain_wait({waiting_change()}, change_id{5}, start + 90s));
  CHECK(shown.at("subject") == "change 5");
  CHECK(shown.at("waits") == true);
  CHECK(shown.at("loop") == json::array{});
  CHECK(shown.at("root").at("cause") == "gone");
  auto link = shown.at("chain").as_array().at(0).as_object();
  CHECK(link.at("change") == "5");
  CHECK(link.at("lane") == 2);
  CHECK(link.at("doing") == "install hello");
  CHECK(link.at("task") == "10");
  CHECK(link.at("snap") == "hello");
  CHECK(link.at("waiting").at("reason") == "admission");
  CHECK(link.at("waiting").at("change") == "4");
  CHECK(link.at("waiting").at("lane") == 1);
  CHECK(link.at("waiting").at("rule") == "they are connected");
  CHECK(link.at("owner").at("requester-uid") == 1000);
  CHECK(link.at("owner").at("age-s") == 90);
}

TEST_CASE("every wait reason is shown with its word and what a program can use of it") {
  struct shown {
    wait_reason reason;
    std::string json;
  };
  for (
      const auto& [reason, expected] : std::vector<shown>{
          {waits::running{start},
           R"({"reason":"running","text":"it runs since 2023-11-14T22:13:20.000000Z",)"
           R"("since":"2023-11-14T22:13:20.000000Z"})"},
          {waits::runnable{}, R"({"reason":"runnable","text":"it can run and will at once"})"},
          {waits::predecessor{{7}},
           R"({"reason":"predecessor","text":"task 7 comes first","task":"7"})"},
          {waits::claim{"a", {3}},
           R"({"reason":"claim","text":"change 3 owns snap \"a\"","snap":"a","change":"3"})"},
          {waits::apps_running{"a", {{1, "root", "vi", "ed", ""}}},
           R"({"reason":"apps_running","text":"snap \"a\" has running apps (ed), pids: 1","pids":[1],)"
           R"("processes":[{"pid":1,"command":"vi","user":"root","app":"ed"}],"snap":"a"})"},
          {waits::slot{"hooks"},
           R"({"reason":"slot","text":"it is in the queue for a free performer of hooks","pool":"hooks"})"},
          {waits::prerequisite{{{3}, 2}},
           R"({"reason":"prerequisite","text":"lane 2 of change 3 makes what it needs","change":"3",)"
           R"("lane":2})"},
      })
    CHECK(json::write(wait_resource(reason)) == expected);
}

TEST_CASE("a change's lanes say how they stand") {
  auto lane = change_resource(*waiting_change()).at("lanes").as_array().at(0).as_object();
  CHECK(lane.at("lane") == 2);
  CHECK(lane.at("ready") == false);
  CHECK(lane.at("status") == "Doing");
}
