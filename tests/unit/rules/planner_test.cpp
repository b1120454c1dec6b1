#include "planner_support.hpp"

using namespace troupe;
using namespace troupe::planner_tests;

namespace {

failure_kind refusal(host_plan host, const snap_request& wanted) {
  try {
    host.plan(wanted);
  } catch (const failure& why) {
    CHECK_THAT(std::string{why.what()},
               Catch::StartsWith("cannot " + wanted.verb + " snap \"" + wanted.snap + "\": "));
    return why.kind();
  }
  FAIL("it was planned");
  return {};
}

} // namespace

TEST_CASE("an install is one chain in one lane, with a task for each hook the snap has") {
  auto change = host_plan{}.plan(install("hello", info_of("hello", {"install", "configure"})));
  CHECK(kinds(change) == std::vector<std::string>{"prerequisites", "prepare-snap", "mount-snap",
                                                  "copy-snap-data", "setup-profiles", "link-snap",
                                                  "auto-connect", "set-auto-aliases", "run-hook",
                                                  "run-hook"});
  for (std::size_t i = 0; i < change.tasks.size(); ++i) {
    CHECK(change.tasks[i].lanes == std::vector<lane_number>{1});
    if (i > 0)
      CHECK(change.tasks[i].waits_for == std::vector<task_id>{change.tasks[i - 1].id});
  }
  CHECK(change.kind == "install-snap");
  CHECK(change.summary == "Install \"hello\" snap from file \"hello.snap\"");
  CHECK(change.data == R"({"snap-names":["hello"],"snap-name":"hello"})");
  CHECK(change.operations.at(0).rev == revision{-1});
  CHECK(change.requester_uid == 1000);
}

TEST_CASE("a snap without services or hooks has no task for them") {
  auto change = host_plan{{installed("hello", {-1})}}.plan(request("disable", "hello"));
  CHECK(kinds(change) == std::vector<std::string>{"remove-aliases", "unlink-snap", "remove-profiles"});
}

TEST_CASE("a remove takes the revisions one by one, the current one last, after all that can fail") {
  auto change = host_plan{{installed("hello", {-1, -2})}}.plan(request("remove", "hello"));
  CHECK(kinds(change) == std::vector<std::string>{"auto-disconnect", "save-snapshot", "remove-aliases",
                                                  "unlink-snap", "remove-profiles", "clear-snap",
                                                  "discard-snap", "clear-snap", "discard-snap"});
  CHECK(change.tasks.at(1).setup == R"({"revision":"x2","automatic":true})");
  CHECK(change.tasks.at(5).setup == R"({"revision":"x1"})");
  CHECK(change.tasks.at(7).setup == R"({"revision":"x2"})");
}

TEST_CASE("one revision that isn't active is removed alone") {
  host_plan host{{installed("hello", {-1, -2})}};
  auto wanted = request("remove", "hello");
  wanted.rev = {-1};
  CHECK(kinds(host.plan(wanted)) == std::vector<std::string>{"clear-snap", "discard-snap"});
  wanted.rev = {-2};
  CHECK(refusal(host, wanted) == failure_kind::bad_request);
  wanted.rev = {-9};
  CHECK(refusal(host, wanted) == failure_kind::snap_not_installed);
}

TEST_CASE("what is installed already isn't installed again, and what isn't can't be acted on") {
  host_plan host{{installed("hello", {-1})}};
  CHECK(refusal(host, from_store("install", info_of("hello"), 7)) ==
        failure_kind::snap_already_installed);
  for (const auto* verb : {"remove", "enable", "disable", "revert"})
    CHECK(refusal(host, request(verb, "other")) == failure_kind::snap_not_installed);
}

TEST_CASE("an enabled snap can't be enabled, nor a disabled one disabled") {
  CHECK(refusal(host_plan{{installed("hello", {-1}, true)}}, request("enable", "hello")) ==
        failure_kind::bad_request);
  CHECK(refusal(host_plan{{installed("hello", {-1}, false)}}, request("disable", "hello")) ==
        failure_kind::bad_request);
}

TEST_CASE("a base has to be installed and enabled before a snap that names it") {
  auto on_base = install("hello", info_of("hello", {}, "core22"));
  auto base = info_of("core22", {}, {}, snap_type::base);
  CHECK(refusal(host_plan{}, on_base) == failure_kind::bad_request);
  CHECK(refusal(host_plan{{installed("core22", {-1}, false, base)}}, on_base) ==
        failure_kind::bad_request);
  CHECK_NOTHROW(host_plan{{installed("core22", {-1}, true, base)}}.plan(on_base));
  CHECK_NOTHROW(host_plan{}.plan(install("hello", info_of("hello", {}, "none"))));
}

TEST_CASE("a base that a snap uses is neither removed nor disabled, and its users are named") {
  auto base = info_of("core22", {}, {}, snap_type::base);
  host_plan host{{installed("core22", {-1}, true, base),
                  installed("hello", {-1}, true, info_of("hello", {}, "core22"))}};
  for (const auto* verb : {"remove", "disable"})
    CHECK_THROWS_WITH(host.plan(request(verb, "core22")), Catch::Contains("snap \"hello\" runs on it"));
}

TEST_CASE("an instance takes a file of its snap, and no other") {
  auto change = host_plan{}.plan(install("hello_two", info_of("hello")));
  CHECK(change.operations.at(0).snap == "hello_two");
  CHECK(refusal(host_plan{}, install("other_two", info_of("hello"))) == failure_kind::bad_request);
}
