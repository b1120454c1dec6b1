#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/rules/planner.hpp"

using namespace troupe;

namespace {

snap_info_ptr info_of(const std::string& name, const std::vector<std::string>& hooks = {},
                      const std::string& base = {}, snap_type type = snap_type::app) {
  auto info = std::make_shared<snap_info>();
  info->name = name;
  info->version = "1.0";
  info->base = base;
  info->type = type;
  for (const auto& hook : hooks)
    info->hooks.push_back({hook, {}, {}, {}, {}});
  return info;
}

snap_state_ptr installed(const std::string& name, std::vector<int> revisions, bool active = true,
                         const snap_info_ptr& info = nullptr) {
  auto state = std::make_shared<snap_state>();
  state->name = name;
  for (auto number : revisions)
    state->revisions.push_back({{number}, info ? info : info_of(name), {}});
  state->current = {revisions.back()};
  state->active = active;
  return state;
}

/// A host with these snaps on it, on which requests are planned.
struct host_plan {
  std::map<std::string, snap_state_ptr> snaps;
  std::uint64_t last_task = 0;

  explicit host_plan(const std::vector<snap_state_ptr>& states = {}) {
    for (const auto& state : states)
      snaps.emplace(state->name, state);
  }

  change_record plan(const snap_request& wanted) {
    plan_context context;
    context.change = {7};
    context.next_task = [this] { return task_id{++last_task}; };
    context.installed = &snaps;
    auto none = std::make_shared<snap_state>();
    none->name = wanted.snap;
    context.claimed[wanted.snap] = snaps.contains(wanted.snap) ? snaps.at(wanted.snap) : none;
    return troupe::plan({{wanted}, 1000}, context);
  }
};

snap_request request(const std::string& verb, const std::string& name) {
  snap_request wanted;
  wanted.verb = verb;
  wanted.snap = name;
  return wanted;
}

snap_request install(const std::string& name, const snap_info_ptr& info) {
  auto wanted = request("install", name);
  wanted.info = info;
  wanted.image = "/spool/upload-1";
  wanted.given_path = name + ".snap";
  return wanted;
}

std::vector<std::string> kinds(const change_record& change) {
  std::vector<std::string> result;
  for (const auto& task : change.tasks)
    result.push_back(task.kind);
  return result;
}

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
                                                  "auto-connect", "set-auto-aliases", "setup-aliases",
                                                  "run-hook", "run-hook"});
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
  CHECK(kinds(change) == std::vector<std::string>{"auto-disconnect", "remove-aliases", "unlink-snap",
                                                  "remove-profiles", "clear-snap", "discard-snap",
                                                  "clear-snap", "discard-snap"});
  CHECK(change.tasks.at(4).setup == R"({"revision":"x1"})");
  CHECK(change.tasks.at(6).setup == R"({"revision":"x2"})");
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
  CHECK(refusal(host, install("hello", info_of("hello"))) == failure_kind::snap_already_installed);
  for (const auto* verb : {"remove", "enable", "disable"})
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
    CHECK_THROWS_WITH(host.plan(request(verb, "core22")),
                      Catch::Contains("it is the base of \"hello\""));
}

TEST_CASE("an instance takes a file of its snap, and no other") {
  auto change = host_plan{}.plan(install("hello_two", info_of("hello")));
  CHECK(change.operations.at(0).snap == "hello_two");
  CHECK(refusal(host_plan{}, install("other_two", info_of("hello"))) == failure_kind::bad_request);
}
