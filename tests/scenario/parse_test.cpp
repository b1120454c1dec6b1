#include <catch2/catch.hpp>

#include "cli/stress/scenario.hpp"
#include "messages/failure.hpp"
#include "runtime/limits.hpp"

using namespace troupe;
using namespace troupe::stress;

namespace {

/// What is said about a file, without the beginning that all have.
std::string refusal(const std::string& text) {
  const std::string beginning = "cannot read scenario file \"x.json\": ";
  try {
    parse_scenarios(text, "x.json");
  } catch (const failure& fault) {
    std::string what = fault.what();
    INFO(what);
    CHECK(what.starts_with(beginning));
    return what.substr(std::min(what.size(), beginning.size()));
  }
  return "accepted";
}

/// The refusal of a scenario with the tasks t1 (lane 0) and t2 (lane 7) and some more text.
std::string refusal_with(const std::string& more) {
  return refusal(R"({"tasks":[{"id":"t1"},{"id":"t2","lanes":[7]}],)" + more + "}");
}

/// The refusal of a scenario whose second task has this text in it.
std::string refusal_of_task(const std::string& text) {
  return refusal(R"({"tasks":[{"id":"t1"},{)" + text + "}]}");
}

} // namespace

TEST_CASE("a scenario of nothing but ids has the defaults") {
  auto file = parse_scenarios(R"({"tasks":[{"id":"t1"}]})", "x.json");
  CHECK_FALSE(file.is_array);
  REQUIRE(file.scenarios.size() == 1);
  const auto& scenario = file.scenarios.front();
  CHECK(scenario.name.empty());
  CHECK(scenario.faults.empty());
  CHECK_FALSE(scenario.abort);
  CHECK(scenario.run);
  CHECK(scenario.restart_after.empty());
  REQUIRE(scenario.tasks.size() == 1);
  const auto& task = scenario.tasks.front();
  CHECK(task.id == "t1");
  CHECK(task.waits_for.empty());
  CHECK(task.lanes.empty());
  CHECK(task.has_undo);
  CHECK(task.status == task_status::do_);
}

TEST_CASE("every part of a scenario is read") {
  auto file = parse_scenarios(R"([{"name":"all","tasks":[
      {"id":"a","lanes":[1,4294967295],"undo":false,"status":"Wait","waited":"Undo"},
      {"id":"a:b","waits_for":["a"],"status":"Default"}],
    "faults":[{"task":"a","on":"undo","what":"set-ready"},{"task":"a:b","on":"do","what":"block"}],
    "abort":{"when":"a:b:do-unblock","what":{"lanes":[0,1]}},
    "run":true,"restart_after":"a:undo-retry"}])",
                              "x.json");
  CHECK(file.is_array);
  const auto& scenario = file.scenarios.at(0);
  CHECK(scenario.name == "all");
  CHECK(scenario.tasks.at(0).lanes == std::vector<lane_number>{1, 4294967295});
  CHECK_FALSE(scenario.tasks.at(0).has_undo);
  CHECK(scenario.tasks.at(0).status == task_status::wait);
  CHECK(scenario.tasks.at(0).waited == task_status::undo);
  CHECK(scenario.tasks.at(1).waits_for == std::vector<std::string>{"a"});
  CHECK(scenario.tasks.at(1).status == task_status::do_);
  CHECK(scenario.faults.at(0).on_undo);
  CHECK(scenario.faults.at(0).what == fault_kind::set_ready);
  CHECK_FALSE(scenario.faults.at(1).on_undo);
  CHECK(scenario.faults.at(1).what == fault_kind::block);
  REQUIRE(scenario.abort);
  CHECK(scenario.abort->when == "a:b:do-unblock");
  CHECK(std::get<std::vector<lane_number>>(scenario.abort->what) == std::vector<lane_number>{0, 1});
  CHECK(scenario.restart_after == "a:undo-retry");
}

TEST_CASE("null stands for what isn't given") {
  auto file = parse_scenarios(
      R"({"name":null,"tasks":[{"id":"t1","lanes":null,"waited":null}],"abort":null,"run":null})",
      "x.json");
  CHECK(file.scenarios.at(0).run);
  CHECK_FALSE(file.scenarios.at(0).abort);
}

TEST_CASE("a change without tasks can be given") { CHECK(refusal(R"({"tasks":[]})") == "accepted"); }

TEST_CASE("text that isn't JSON is refused with line and column") {
  CHECK_THAT(refusal("{\"tasks\": [\n  {\"id\": }]}"), Catch::StartsWith("line 2, column 10: "));
  CHECK_THAT(refusal(""), Catch::StartsWith("line 1, column 1: "));
  CHECK_THAT(refusal("{\"tasks\":[]"), Catch::StartsWith("line 1, column 12: "));
  CHECK_THAT(refusal("{\"tasks\":[]} {}"), Catch::StartsWith("line 1, column 14: "));
  CHECK_THAT(refusal("{\"tasks\":[\"\xFF\"]}"), Catch::StartsWith("line 1, column "));
}

TEST_CASE("text nested too deep is refused and not recursed into") {
  CHECK_THAT(refusal(std::string(1'000'000, '[')), Catch::StartsWith("line 1, column "));
  CHECK_THAT(refusal(R"({"tasks":)" + std::string(100, '[') + std::string(100, ']') + "}"),
             Catch::StartsWith("line 1, column "));
}

TEST_CASE("a file beyond the limit is refused before it is read") {
  CHECK(refusal(std::string(limits::scenario_file_bytes + 1, ' ')) == "larger than 67108864 bytes");
}

TEST_CASE("a document that is no scenario is refused") {
  CHECK(refusal("7") == "must be an object");
  CHECK(refusal("[]") == "there is no scenario in the array");
  CHECK(refusal("[[]]") == "[0]: must be an object");
  CHECK(refusal("{}") == "tasks: missing");
  CHECK(refusal(R"({"tasks":{}})") == "tasks: must be an array");
  CHECK(refusal(R"({"tasks":[7]})") == "tasks[0]: must be an object");
  CHECK(refusal(R"([{"tasks":[]},{"tasks":[{}]}])") == "[1].tasks[0].id: missing");
}

TEST_CASE("unknown keys are refused where they stand") {
  CHECK(refusal_with(R"("restart":"t1:do")") ==
        "unknown key \"restart\"; known are name, tasks, faults, abort, run, restart_after");
  CHECK(refusal_of_task(R"("id":"t2","wait_for":[])") ==
        "tasks[1]: unknown key \"wait_for\"; known are id, waits_for, lanes, undo, status, waited");
  CHECK(refusal_with(R"("faults":[{"task":"t1","on":"do","what":"error","times":2}])") ==
        "faults[0]: unknown key \"times\"; known are task, on, what");
  CHECK(refusal_with(R"("abort":{"when":"before","what":"change","why":""})") ==
        "abort: unknown key \"why\"; known are when, what");
  CHECK(refusal_with(R"("abort":{"when":"before","what":{"lane":1}})") ==
        "abort.what: unknown key \"lane\"; known are lanes");
}

TEST_CASE("a task needs an id of its own") {
  CHECK(refusal_of_task("") == "tasks[1].id: missing");
  CHECK(refusal_of_task(R"("id":null)") == "tasks[1].id: missing");
  CHECK(refusal_of_task(R"("id":"")") == "tasks[1].id: must not be empty");
  CHECK(refusal_of_task(R"("id":2)") == "tasks[1].id: must be a string");
  CHECK(refusal_of_task(R"("id":"t1")") == "tasks[1].id: there is another task \"t1\"");
}

TEST_CASE("a task waits only for tasks that exist") {
  CHECK(refusal_of_task(R"("id":"t2","waits_for":["t1","t3"])") ==
        "tasks[1].waits_for[1]: there is no task \"t3\"");
  CHECK(refusal_of_task(R"("id":"t2","waits_for":"t1")") == "tasks[1].waits_for: must be an array");
  CHECK(refusal_of_task(R"("id":"t2","waits_for":[1])") == "tasks[1].waits_for[0]: must be a string");
}

TEST_CASE("a lane is a whole number of 32 bits") {
  for (const std::string lane : {"-1", "4294967296", "1.5", "1e0", "\"1\"", "null", "true"})
    CHECK(refusal_of_task(R"("id":"t2","lanes":[0,)" + lane + "]") ==
          "tasks[1].lanes[1]: must be a whole number from 0 to 4294967295");
  CHECK(refusal_of_task(R"("id":"t2","lanes":1)") == "tasks[1].lanes: must be an array");
}

TEST_CASE("statuses are the words of the API") {
  CHECK(refusal_of_task(R"("id":"t2","status":"done")") ==
        "tasks[1].status: unknown status \"done\"; known are Do, Doing, Done, Abort, Undo, Undoing, "
        "Undone, Hold, Error, Wait");
  CHECK(refusal_of_task(R"("id":"t2","status":"Wait","waited":"")")
            .starts_with("tasks[1].waited: unknown status \"\""));
  CHECK(refusal_of_task(R"("id":"t2","status":"Wait","waited":"Wait")") ==
        "tasks[1].waited: a Wait can't be resolved to Wait");
  CHECK(refusal_of_task(R"("id":"t2","waited":"Undone")") ==
        "tasks[1].waited: only a task with status Wait has a waited status other than Done");
  CHECK(refusal_of_task(R"("id":"t2","undo":"no")") == "tasks[1].undo: must be true or false");
}

TEST_CASE("a fault is one of the known, of a task that exists") {
  CHECK(refusal_with(R"("faults":{})") == "faults: must be an array");
  CHECK(refusal_with(R"("faults":[{"task":"t3","on":"do","what":"error"}])") ==
        "faults[0].task: there is no task \"t3\"");
  CHECK(refusal_with(R"("faults":[{"task":"t1","on":"redo","what":"error"}])") ==
        "faults[0].on: unknown word \"redo\"; known are do, undo");
  CHECK(refusal_with(R"("faults":[{"task":"t1","on":"do","what":"crash"}])") ==
        "faults[0].what: unknown word \"crash\"; known are error, retry, block, wait, set-ready");
  CHECK(refusal_with(R"("faults":[{"task":"t1","on":"do"}])") == "faults[0].what: missing");
}

TEST_CASE("an event names a task and something that can happen to it") {
  for (const std::string event :
       {"", "t1", "t1:", "t1:redo", "t1:do-", "t1:do-done", "t1:do-error ", ":do-x"})
    CHECK_THAT(refusal_with(R"("restart_after":")" + event + "\""),
               Catch::StartsWith("restart_after: \"" + event + "\" is no event; "));
  CHECK(refusal_with(R"("restart_after":"t3:do")") ==
        "restart_after: \"t3:do\": there is no task \"t3\"");
  CHECK(refusal_with(R"("restart_after":":do")") == "restart_after: \":do\": there is no task \"\"");
  CHECK_THAT(refusal_with(R"("restart_after":"before")"),
             Catch::StartsWith("restart_after: \"before\" is no event; "));
  CHECK_THAT(refusal_with(R"("abort":{"when":"after","what":"change"})"),
             Catch::StartsWith("abort.when: \"after\" is no event; "));
}

TEST_CASE("an abort says when and of what") {
  CHECK(refusal_with(R"("abort":{"what":"change"})") == "abort.when: missing");
  CHECK(refusal_with(R"("abort":{"when":"before"})") == "abort.what: missing");
  CHECK(refusal_with(R"("abort":{"when":"before","what":"lanes"})") ==
        "abort.what: must be \"change\", \"unready_lanes\" or {\"lanes\":[…]}");
  CHECK(refusal_with(R"("abort":{"when":"before","what":{}})") == "abort.what.lanes: missing");
  CHECK(refusal_with(R"("abort":{"when":"before","what":{"lanes":[]}})") ==
        "abort.what.lanes: must name a lane");
  CHECK(refusal_with(R"("abort":{"when":"before","what":{"lanes":[7,8]}})") ==
        "abort.what.lanes[1]: there is no task in lane 8");
  CHECK(refusal_with(R"("abort":{"when":"before","what":{"lanes":[0,7]}})") == "accepted");
}

TEST_CASE("what can't go with run false is refused") {
  CHECK(refusal_with(R"("run":false,"abort":{"when":"before","what":"change"})") == "accepted");
  CHECK_THAT(refusal_with(R"("abort":{"when":"t1:do","what":"change"},"run":false)"),
             Catch::StartsWith("abort.when: contradictory options: "));
  CHECK_THAT(refusal_with(R"("restart_after":"t1:do","run":false)"),
             Catch::StartsWith("restart_after: contradictory options: "));
}

TEST_CASE("more tasks than a change may have are refused with their number") {
  std::string tasks;
  for (std::size_t i = 0; i < limits::change_tasks; ++i)
    tasks += (i ? ",{\"id\":\"t" : "{\"id\":\"t") + std::to_string(i) + "\"}";
  CHECK(refusal("{\"tasks\":[" + tasks + "]}") == "accepted");
  CHECK(refusal("{\"tasks\":[" + tasks + ",{\"id\":\"last\"}]}") == "tasks: 10001 tasks; at most 10000");
}
