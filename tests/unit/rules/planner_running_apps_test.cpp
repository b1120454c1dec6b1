#include "planner_support.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/vacancy_wait.hpp"

using namespace troupe;
using namespace troupe::planner_tests;
using Catch::Contains;

namespace {

using words = std::vector<std::string>;

snap_info_ptr with_app(const std::string& refresh_mode = {}, const std::string& daemon = {},
                       const std::string& pending_behavior = {}) {
  auto info = std::make_shared<snap_info>(*info_of("hello"));
  auto& app = info->apps.emplace_back();
  app.name = "app";
  app.command = "bin/app";
  app.refresh_mode = refresh_mode;
  app.daemon = daemon;
  info->refresh_pending_behavior = pending_behavior;
  return info;
}

/// The kinds about applications, and between them those that change what is current.
words around_link(const change_record& change) {
  words result;
  for (const auto& task : change.tasks)
    if (task.kind.ends_with("-apps") || task.kind == "mount-snap" || task.kind == "prepare-snap" ||
        task.kind == "unlink-current-snap" || task.kind == "link-snap")
      result.push_back(task.kind);
  return result;
}

const task_record& wait_in(const change_record& change) {
  return *std::ranges::find(change.tasks, "wait-for-apps", &task_record::kind);
}

operation_request refresh_of(const snap_info_ptr& info) {
  operation_request request;
  request.snaps.push_back(from_store("refresh", info, 7));
  return request;
}

} // namespace

TEST_CASE(
    "a refresh waits for applications before it changes anything, and allows them after the link") {
  host_plan host{{installed("hello", {6}, true, with_app())}};
  CHECK(around_link(host.plan(refresh_of(with_app()))) ==
        words{"mount-snap", "wait-for-apps", "unlink-current-snap", "link-snap", "allow-apps"});
}

TEST_CASE("a revert waits for applications like a refresh") {
  host_plan host{{installed("hello", {6, 7}, true, with_app())}};
  snap_request wanted;
  wanted.verb = "revert";
  wanted.snap = "hello";
  CHECK(around_link(host.plan({wanted})) ==
        words{"prepare-snap", "wait-for-apps", "unlink-current-snap", "link-snap", "allow-apps"});
}

TEST_CASE("services and applications that are refreshed while they run are not waited for") {
  for (const auto& info : {info_of("hello"), with_app("ignore-running"), with_app({}, "simple")}) {
    host_plan host{{installed("hello", {6}, true, info)}};
    CHECK(around_link(host.plan(refresh_of(info))) ==
          words{"mount-snap", "unlink-current-snap", "link-snap"});
  }
}

TEST_CASE("applications that only the new revision has are waited for where it is undone") {
  host_plan host{{installed("hello", {6}, true, info_of("hello"))}};
  CHECK(around_link(host.plan(refresh_of(with_app()))) ==
        words{"mount-snap", "wait-for-apps", "unlink-current-snap", "link-snap", "allow-apps"});
}

TEST_CASE("a refresh through epochs waits once, and says where it ends") {
  const auto with_epoch = [](epoch which) {
    auto info = std::make_shared<snap_info>(*with_app());
    info->epoch = std::move(which);
    return info;
  };
  host_plan host{{installed("hello", {1}, true, with_epoch({{0}, {0}}))}};
  store_revision between{revision{5}, with_epoch({{0, 1}, {1}}), {"main", "snaps/5", 10, "ab"}, {}};
  operation_request request;
  request.snaps.push_back(from_store("refresh", with_epoch({{1}, {1}}), 7, {between}));
  const auto change = host.plan(request);
  CHECK(std::ranges::count(change.tasks, "wait-for-apps", &task_record::kind) == 1);
  const auto setup = json::parse_object(wait_in(change).setup);
  CHECK(json::string_or(setup, "revision") == "1");
  CHECK(json::string_or(setup, "to") == "7");
}

TEST_CASE("a wait has the terms of its request and of its snap") {
  host_plan host{{installed("hello", {6}, true, with_app({}, {}, "block"))}};
  auto request = refresh_of(with_app());
  request.wait_for_apps_at_most = std::chrono::minutes{1};
  auto change = host.plan(request);
  auto terms = vacancy_terms_from(json::parse_object(wait_in(change).setup));
  CHECK(terms.blocks);
  CHECK(terms.until == time_point{std::chrono::seconds{160}});
  CHECK(terms.policy == running_apps::wait);
  auto setup = json::parse_object(wait_in(change).setup);
  CHECK(json::string_or(setup, "hook") == "refresh-pending");
  CHECK(json::string_or(setup, "revision") == "6");
  CHECK(json::string_or(setup, "to") == "7");

  request.on_running_apps = running_apps::ignore;
  CHECK(around_link(host.plan(request)) == words{"mount-snap", "unlink-current-snap", "link-snap"});
}

TEST_CASE("a request that wants to fail rather than wait is refused with what runs") {
  host_plan host{{installed("hello", {6}, true, with_app())}};
  auto request = refresh_of(with_app());
  request.on_running_apps = running_apps::fail;
  request.snaps.front().running = "snap \"hello\" has running apps (app), pids: 12";
  CHECK_THROWS_WITH(host.plan(request), Contains("has running apps (app), pids: 12"));
}

TEST_CASE("a change that waits for its claims keeps what it is to do about applications") {
  host_plan host{{installed("hello", {6}, true, with_app())}};
  auto request = refresh_of(with_app());
  request.on_running_apps = running_apps::fail;
  request.wait_for_apps_at_most = std::chrono::minutes{2};
  auto again = request_of(plan_waiting(request, host.context(request)));
  CHECK(again.on_running_apps == running_apps::fail);
  CHECK(again.wait_for_apps_at_most == duration{std::chrono::minutes{2}});
}
