#include "planner_support.hpp"

using namespace troupe;
using namespace troupe::planner_tests;

namespace {

operation_request of(const std::vector<snap_request>& snaps) {
  operation_request result;
  result.snaps = snaps;
  result.uid = 1000;
  return result;
}

change_record waiting(host_plan& host, const operation_request& request) {
  auto context = host.context(request);
  context.claimed.clear();
  return plan_waiting(request, context);
}

bool same(const snap_request& a, const snap_request& b) {
  return a.verb == b.verb && a.snap == b.snap && a.rev == b.rev && a.info == b.info &&
         a.image == b.image && a.given_path == b.given_path && a.flags == b.flags &&
         a.purge == b.purge && a.force == b.force;
}

} // namespace

TEST_CASE("a change that waits for its snaps has one task of its own and the operations it will have") {
  host_plan host;
  auto request = of({install(app_on("a", "core22")), install(base_of("core22"))});
  auto change = waiting(host, request);
  auto later = host.plan(request);
  CHECK(change.id == change_id{7});
  CHECK(change.kind == later.kind);
  CHECK(change.summary == later.summary);
  CHECK(change.data == later.data);
  CHECK(change.requester_uid == 1000);
  CHECK(change.spawned_at == later.spawned_at);
  CHECK(snaps_of(change) == snaps_of(later));
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(change.operations[i].lane == later.operations[i].lane);
  REQUIRE(change.tasks.size() == 1);
  const auto& task = change.tasks.front();
  CHECK(task.id == task_id{1});
  CHECK(task.kind == "claim-snaps");
  CHECK(task.summary == "Wait until snaps \"a\", \"core22\" are free");
  CHECK(task.lanes.empty());
  CHECK(task.operation == -1);
  CHECK(task.setup == R"({"retain":2,"keeps-snapshots":true})");
}

TEST_CASE("a wait with a limit says until when") {
  host_plan host;
  auto request = of({install(info_of("a"))});
  request.wait_at_most = std::chrono::seconds{30};
  auto task = waiting(host, request).tasks.at(0);
  CHECK(task.summary == "Wait until snap \"a\" is free");
  CHECK(task.setup == R"({"retain":2,"keeps-snapshots":true,"until":130000000000})");
}

TEST_CASE("while it waits for its snaps a change is checked only for what it says itself") {
  host_plan host{{installed(info_of("a"))}};
  CHECK_NOTHROW(waiting(host, of({install(info_of("a"))})));
  CHECK_NOTHROW(waiting(host, of({request("remove", "unknown")})));
  CHECK_THROWS_AS(waiting(host, of({request("remove", "a"), request("remove", "a")})), failure);
  CHECK_THROWS_AS(waiting(host, of({install("other", info_of("a"))})), failure);
}

TEST_CASE("the lanes of a waiting remove are in order as far as the snaps are known") {
  host_plan host{{installed(base_of("core22")), installed(app_on("a", "core22"))}};
  CHECK(snaps_of(waiting(host, of(requests("remove", {"core22", "later", "a"})))) ==
        std::vector<std::string>{"later", "a", "core22"});
}

TEST_CASE("the request of a change is what it was made from") {
  auto devmode = install(info_of("a"));
  devmode.flags.devmode = true;
  auto one_revision = request("remove", "a");
  one_revision.rev = {-1};
  auto purge = request("remove", "b");
  purge.purge = true;
  auto by_force = request("disable", "a");
  by_force.force = true;
  for (const auto& snaps : std::vector<std::vector<snap_request>>{{devmode, install(info_of("b"))},
                                                                  {one_revision, purge},
                                                                  {by_force},
                                                                  {request("enable", "a")}})
    for (auto how : {transaction::per_snap, transaction::all_snaps}) {
      host_plan host;
      auto request = of(snaps);
      request.transaction = how;
      auto again = request_of(waiting(host, request));
      CHECK(again.uid == 1000);
      CHECK(again.transaction == (snaps.size() > 1 ? how : transaction::per_snap));
      REQUIRE(again.snaps.size() == snaps.size());
      for (std::size_t i = 0; i < snaps.size(); ++i)
        CHECK(same(again.snaps[i], snaps[i]));
    }
}

TEST_CASE("a planned install is asked for again without the revision it was given") {
  auto change = host_plan{}.plan(install(info_of("a")));
  CHECK(change.operations.at(0).rev == revision{-1});
  CHECK_FALSE(request_of(change).snaps.at(0).rev);
}
