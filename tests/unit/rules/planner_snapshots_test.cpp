#include "planner_support.hpp"

using namespace troupe;
using namespace troupe::planner_tests;
using Catch::Contains;

namespace {

snap_request on_snapshot(const std::string& verb, const std::string& name, std::uint64_t set = 7) {
  auto wanted = request(verb, name);
  wanted.snapshot_set = set;
  wanted.rev = {-3};
  return wanted;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("a save is one task in one lane for each snap, and lanes don't wait for each other") {
  auto base = base_of("core22");
  host_plan host{{installed("hello", {-1, -2}, false, app_on("hello", "core22")),
                  installed("core22", {1}, true, base)}};
  auto change = host.plan(requests("save-snapshot", {"hello", "core22"}));
  CHECK(change.kind == "save-snapshot");
  CHECK(change.summary == R"(Save data of "hello", "core22" snaps)");
  REQUIRE(kinds(change) == words{"save-snapshot", "save-snapshot"});
  for (const auto& task : change.tasks)
    CHECK(task.waits_for.empty());
  CHECK(change.tasks[0].lanes != change.tasks[1].lanes);
  CHECK(change.operations.at(1).rev == revision{-2});
}

TEST_CASE("checks and forgets need no installed snap, and say which set they are about") {
  auto check = host_plan{}.plan(on_snapshot("check-snapshot", "hello"));
  CHECK(check.kind == "check-snapshot");
  CHECK(check.summary == "Check data of \"hello\" snap in snapshot set 7");
  CHECK(kinds(check) == words{"check-snapshot"});
  CHECK(check.tasks.at(0).summary == "Check data of snap \"hello\" (x3) in snapshot set 7");
  CHECK(check.operations.at(0).snapshot_set == 7);
  CHECK(check.operations.at(0).rev == revision{-3});
  auto forget = host_plan{}.plan(on_snapshot("forget-snapshot", "hello"));
  CHECK(kinds(forget) == words{"forget-snapshot"});
  CHECK(forget.summary == "Forget data of \"hello\" snap in snapshot set 7");
}

TEST_CASE("a restore drops what it has replaced once nothing can fail any more") {
  host_plan host{{installed("a", {1}), installed("b", {2})}};
  auto wanted = std::vector{on_snapshot("restore-snapshot", "a"), on_snapshot("restore-snapshot", "b")};
  auto apart = host.plan(wanted);
  CHECK(kinds(apart) ==
        words{"restore-snapshot", "drop-replaced-data", "restore-snapshot", "drop-replaced-data"});
  auto together = host.plan(wanted, transaction::all_snaps);
  CHECK(kinds(together) ==
        words{"restore-snapshot", "restore-snapshot", "drop-replaced-data", "drop-replaced-data"});
  auto drops = tasks_of(together, "a");
  CHECK(drops.at(1)->waits_for.size() == 2);
}

TEST_CASE("what isn't installed is neither saved nor restored, and no snapshot stays unnamed") {
  CHECK_THROWS_WITH(host_plan{}.plan(request("save-snapshot", "hello")),
                    "cannot save snapshot of snap \"hello\": it is not installed");
  CHECK_THROWS_WITH(host_plan{}.plan(on_snapshot("restore-snapshot", "hello")),
                    "cannot restore snapshot of snap \"hello\": it is not installed; install it first");
  CHECK_THROWS_WITH(host_plan{}.plan(on_snapshot("check-snapshot", "hello", 0)),
                    "cannot check snapshot of snap \"hello\": no snapshot is named");
  auto removed = std::make_shared<snap_state>(*installed("hello", {1, 2}, false));
  removed->current = {};
  CHECK_THROWS_WITH(host_plan{{removed}}.plan(request("save-snapshot", "hello")),
                    Contains("its current revision is removed"));
  CHECK_THROWS_WITH(host_plan{{installed("hello", {1})}}.plan(
                        std::vector{on_snapshot("check-snapshot", "hello"), request("remove", "b")}),
                    Contains("can't both check-snapshot and remove"));
}

TEST_CASE("only a removal of a whole application keeps a snapshot, unless that is unwanted") {
  host_plan host{{installed("hello", {-1, -2}), installed(base_of("core22"))}};
  auto keeps = [&](const operation_request& wanted) {
    auto all = kinds(host.plan(wanted));
    return std::ranges::count(all, "save-snapshot") > 0;
  };
  operation_request wanted;
  wanted.snaps = {request("remove", "hello")};
  CHECK(keeps(wanted));
  wanted.snaps[0].rev = {-1};
  CHECK_FALSE(keeps(wanted));
  wanted.snaps[0].rev = {};
  wanted.snaps[0].purge = true;
  CHECK_FALSE(keeps(wanted));
  wanted.snaps[0].purge = false;
  wanted.keeps_snapshots = false;
  CHECK_FALSE(keeps(wanted));
  wanted.keeps_snapshots = true;
  wanted.snaps = {request("remove", "core22")};
  CHECK_FALSE(keeps(wanted));
}

TEST_CASE("a request about snapshots that has waited for its snaps is planned as it was asked") {
  host_plan host;
  operation_request asked;
  asked.snaps = {on_snapshot("forget-snapshot", "hello")};
  asked.keeps_snapshots = false;
  auto again = request_of(plan_waiting(asked, host.context(asked)));
  CHECK(again.snaps.at(0).verb == "forget-snapshot");
  CHECK(again.snaps.at(0).snapshot_set == 7);
  CHECK(again.snaps.at(0).rev == revision{-3});
  CHECK_FALSE(again.keeps_snapshots);
}

TEST_CASE("an install isn't kept out by a snapshot of its base") {
  host_plan host{{installed(base_of("core22"))}};
  auto& other = host.under_way.emplace_back();
  other.verb = "save-snapshot";
  other.snap = "core22";
  CHECK_NOTHROW(host.plan(install(app_on("hello", "core22"))));
}
