#include "planner_support.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/snap_plan.hpp"

using namespace troupe;
using namespace troupe::planner_tests;
using Catch::Contains;

namespace {

using words = std::vector<std::string>;

const std::vector<std::string> every_hook{"install",   "pre-refresh",  "post-refresh",
                                          "configure", "check-health", "remove"};

snap_info_ptr with_epoch(epoch which) {
  auto info = std::make_shared<snap_info>(*info_of("hello"));
  info->epoch = std::move(which);
  return info;
}

/// The revisions that a change discards, in order.
words discarded(const change_record& change) {
  words result;
  for (const auto& task : change.tasks)
    if (task.kind == "discard-snap")
      result.push_back(json::string_or(json::parse_object(task.setup), "revision"));
  return result;
}

words hooks(const change_record& change) {
  words result;
  for (const auto& task : change.tasks)
    if (task.kind == "run-hook")
      result.push_back(json::string_or(json::parse_object(task.setup), "hook"));
  return result;
}

std::string why_not(host_plan host, const snap_request& wanted) {
  try {
    host.plan(wanted);
  } catch (const failure& why) {
    return why.what();
  }
  return {};
}

} // namespace

TEST_CASE("a refresh gets the image first, and discards old revisions only at its end") {
  auto info = info_of("hello", every_hook);
  host_plan host{{installed("hello", {5, 6}, true, info)}};
  auto change = host.plan(from_store("refresh", info, 7));
  CHECK(kinds(change) == words{"prerequisites", "download-snap", "validate-snap", "mount-snap",
                               "run-hook", "unlink-current-snap", "copy-snap-data", "setup-profiles",
                               "link-snap", "auto-connect", "set-auto-aliases", "run-hook", "run-hook",
                               "run-hook", "clear-snap", "discard-snap"});
  CHECK(hooks(change) == words{"pre-refresh", "post-refresh", "configure", "check-health"});
  CHECK(discarded(change) == words{"5"});
  const auto& op = change.operations.at(0);
  CHECK(op.from == revision{6});
  CHECK(op.rev == revision{7});
  CHECK(op.channel == "latest/stable");
  CHECK(op.image == "/spool/download-7-1.snap");
  CHECK(change.kind == "refresh-snap");
  CHECK(change.summary == R"(Refresh "hello" snap from channel "latest/stable")");
}

TEST_CASE("the hooks of the new revision judge it, that of the former one is the former one's") {
  auto info = info_of("hello", every_hook);
  auto change = host_plan{{installed("hello", {6}, true, info)}}.plan(from_store("refresh", info, 7));
  for (const auto& task : change.tasks) {
    auto setup = json::parse_object(task.setup);
    auto hook = json::string_or(setup, "hook");
    if (hook.empty())
      continue;
    CHECK(json::bool_or(setup, "judges") == (hook != "pre-refresh"));
    CHECK(json::string_or(setup, "revision") == (hook == "pre-refresh" ? "6" : ""));
  }
}

TEST_CASE("a file of an installed snap refreshes it, under the flags and channel that it has") {
  auto state = std::make_shared<snap_state>(*installed("hello", {-1}));
  state->channel = "latest/edge";
  state->flags.classic = true;
  auto change = host_plan{{state}}.plan(install(info_of("hello")));
  const auto& op = change.operations.at(0);
  CHECK(op.verb == "refresh");
  CHECK(op.rev == revision{-2});
  CHECK(op.from == revision{-1});
  CHECK(op.channel == "latest/edge");
  CHECK(op.flags.classic);
  CHECK(change.summary == R"(Refresh "hello" snap from file "hello.snap")");
  CHECK(kinds(change).at(1) == "prepare-snap");
  CHECK(discarded(change).empty());
}

TEST_CASE("as many revisions are kept as is asked for, the new one included") {
  auto info = info_of("hello");
  operation_request wanted;
  wanted.snaps = {from_store("refresh", info, 9)};
  auto [retain, expected] = GENERATE(
      table<int, words>({{2, words{"1", "2", "3"}}, {3, words{"1", "2"}}, {5, words{}}, {20, words{}}}));
  wanted.retain = retain;
  CHECK(discarded(host_plan{{installed("hello", {1, 2, 3, 4}, true, info)}}.plan(wanted)) == expected);
}

TEST_CASE("a refresh after a revert discards what was reverted from") {
  auto state = std::make_shared<snap_state>(*installed("hello", {1, 2, 3}));
  state->current = {2};
  auto change = host_plan{{state}}.plan(from_store("refresh", info_of("hello"), 4));
  CHECK(discarded(change) == words{"3", "1"});
}

TEST_CASE("a refresh to a revision that is on the host mounts nothing and replaces its data at last") {
  auto state = std::make_shared<snap_state>(*installed("hello", {1, 2}));
  state->current = {1};
  auto change = host_plan{{state}}.plan(from_store("refresh", info_of("hello"), 2));
  auto all = kinds(change);
  CHECK(std::ranges::count(all, "mount-snap") == 0);
  CHECK(std::ranges::count(all, "download-snap") == 0);
  CHECK(all.back() == "drop-former-data");
  CHECK(change.operations.at(0).image.empty());
  CHECK(discarded(change).empty());
}

TEST_CASE("a refresh steps through revisions in one lane, and downloads all before it touches any") {
  auto host = host_plan{{installed("hello", {1}, true, with_epoch({{0}, {0}}))}};
  store_revision between{revision{5}, with_epoch({{0, 1}, {1}}), {"main", "snaps/5", 10, "ab"}, {}};
  auto change = host.plan(from_store("refresh", with_epoch({{1}, {1}}), 7, {between}));
  REQUIRE(change.operations.size() == 2);
  CHECK(change.operations[0].from == revision{1});
  CHECK(change.operations[0].rev == revision{5});
  CHECK(change.operations[1].from == revision{5});
  CHECK(change.operations[1].rev == revision{7});
  CHECK(change.operations[0].lane == change.operations[1].lane);
  CHECK(change.operations[0].image != change.operations[1].image);
  auto all = kinds(change);
  auto first_unlink = std::ranges::find(all, "unlink-current-snap");
  CHECK(std::count(all.begin(), first_unlink, "mount-snap") == 2);
  CHECK(std::count(first_unlink, all.end(), "copy-snap-data") == 2);
  CHECK(discarded(change) == words{"5"});
  for (std::size_t i = 1; i < change.tasks.size(); ++i)
    CHECK(change.tasks[i].waits_for == std::vector<task_id>{change.tasks[i - 1].id});
}

TEST_CASE("a refresh to what can't read the data is refused, naming both epochs") {
  host_plan host{{installed("hello", {1}, true, with_epoch({{0}, {0}}))}};
  CHECK(why_not(host, from_store("refresh", with_epoch({{2}, {2}}), 7)) ==
        "cannot refresh snap \"hello\": the new revision reads epoch 2, and the data was written in "
        "epoch 0");
}

TEST_CASE("a refresh to the current revision only follows another channel, or is refused") {
  auto state = std::make_shared<snap_state>(*installed("hello", {7}));
  state->channel = "latest/edge";
  auto wanted = from_store("refresh", info_of("hello"), 7);
  auto change = host_plan{{state}}.plan(wanted);
  CHECK(kinds(change) == words{"switch-snap-channel"});
  CHECK(change.operations.at(0).channel == "latest/stable");
  wanted.channel = "latest/edge";
  CHECK_THROWS_WITH(host_plan{{state}}.plan(wanted), Contains("it has no updates available"));
}

TEST_CASE("a revert goes back to the revision linked before, or to the one that is named") {
  auto state = std::make_shared<snap_state>(*installed("hello", {1, 2, 3}));
  auto change = host_plan{{state}}.plan(request("revert", "hello"));
  CHECK(change.operations.at(0).rev == revision{2});
  CHECK(change.operations.at(0).from == revision{3});
  CHECK(kinds(change) == words{"prerequisites", "prepare-snap", "unlink-current-snap", "setup-profiles",
                               "link-snap", "auto-connect", "set-auto-aliases"});
  auto named = request("revert", "hello");
  named.rev = {1};
  CHECK(host_plan{{state}}.plan(named).operations.at(0).rev == revision{1});
  named.rev = {9};
  CHECK_THROWS_WITH(host_plan{{state}}.plan(named), Contains("revision 9 is not installed"));
  named.rev = {3};
  CHECK_THROWS_WITH(host_plan{{state}}.plan(named), Contains("revision 3 is the current one already"));
  CHECK_THROWS_WITH((host_plan{{installed("hello", {1})}}.plan(request("revert", "hello"))),
                    Contains("no former revision is installed"));
}

TEST_CASE("a revision that becomes classic has to be asked for as such, once") {
  auto classic = std::make_shared<snap_info>(*info_of("hello"));
  classic->confinement = confinement::classic;
  auto state = std::make_shared<snap_state>(*installed("hello", {1}));
  auto wanted = from_store("refresh", classic, 2);
  CHECK_THAT(why_not(host_plan{{state}}, wanted), Contains("requires classic confinement"));
  CHECK_THAT(why_not(host_plan{}, from_store("install", classic, 2)),
             Contains("requires classic confinement"));
  wanted.flags.classic = true;
  CHECK(host_plan{{state}}.plan(wanted).operations.at(0).flags.classic);
  wanted.flags.classic = false;
  state->flags.classic = true;
  CHECK(why_not(host_plan{{state}}, wanted).empty());
}

TEST_CASE("a disabled snap is neither refreshed nor reverted") {
  host_plan host{{installed("hello", {1, 2}, false)}};
  CHECK_THAT(why_not(host, from_store("refresh", info_of("hello"), 7)), Contains("enable it first"));
  CHECK_THAT(why_not(host, request("revert", "hello")), Contains("enable it first"));
}

TEST_CASE("a switch follows another channel and does nothing else") {
  auto wanted = request("switch", "hello");
  CHECK_THAT(why_not(host_plan{{installed("hello", {1})}}, wanted), Contains("no channel is named"));
  wanted.channel = "latest/beta";
  auto change = host_plan{{installed("hello", {1})}}.plan(wanted);
  CHECK(kinds(change) == words{"switch-snap-channel"});
  CHECK(change.summary == R"(Switch "hello" snap to channel "latest/beta")");
}

TEST_CASE("of a refresh of all or none, nothing is discarded before all that can fail is done") {
  auto info = info_of("a");
  host_plan host{{installed("a", {1, 2}), installed("b", {1}), installed("c", {1, 2})}};
  auto change =
      host.plan({from_store("refresh", info_of("a"), 7), from_store("refresh", info_of("b"), 7),
                 from_store("refresh", info_of("c"), 7)},
                transaction::all_snaps);
  auto all = kinds(change);
  auto first = std::ranges::find(all, "clear-snap");
  CHECK(std::count(first, all.end(), "link-snap") == 0);
  const auto& waits = change.tasks[static_cast<std::size_t>(first - all.begin())].waits_for;
  CHECK(waits.size() == 3);
}

TEST_CASE("what is wanted for others falls away where it is there by now") {
  auto base = from_store("install", base_of("core22"), 3);
  base.is_prerequisite = true;
  auto app = from_store("install", app_on("hello", "core22"), 1);
  CHECK(snaps_of(host_plan{}.plan({app, base})) == words{"core22", "hello"});
  host_plan host{{installed(base_of("core22"))}};
  auto change = host.plan({app, base});
  CHECK(snaps_of(change) == words{"hello"});
  CHECK(change.summary == R"(Install "hello" snap from channel "latest/stable")");
}

TEST_CASE("a waiting refresh is planned from its record as it was asked for") {
  operation_request wanted;
  store_revision between{revision{5}, info_of("hello"), {"main", "snaps/5", 10, "ab"}, {}};
  wanted.snaps = {from_store("refresh", info_of("hello"), 7, {between}),
                  from_store("refresh", info_of("other"), 2)};
  wanted.snaps[0].origin.snap_id = "abc";
  wanted.is_automatic = true;
  wanted.retain = 4;
  host_plan host;
  auto again = request_of(plan_waiting(wanted, host.context(wanted)));
  REQUIRE(again.snaps.size() == 2);
  CHECK(again.is_automatic);
  CHECK(again.retain == 4);
  CHECK(again.transaction == transaction::per_snap);
  REQUIRE(again.snaps[0].steps.size() == 2);
  CHECK(again.snaps[0].steps[1].rev == revision{7});
  CHECK(again.snaps[0].steps[1].source == wanted.snaps[0].steps[1].source);
  CHECK(again.snaps[0].channel == "latest/stable");
  CHECK(again.snaps[0].origin == wanted.snaps[0].origin);
  CHECK(again.snaps[1].steps.size() == 1);
}

TEST_CASE("a refresh of all that finds nothing newer is a change with one task that is done at once") {
  operation_request wanted;
  wanted.refreshes_all = true;
  wanted.notes = {"snap \"a\" is passed over"};
  auto change = host_plan{}.plan(wanted);
  CHECK(kinds(change) == words{"find-updates"});
  CHECK(change.operations.empty());
  CHECK(change.kind == "refresh-snap");
  CHECK(change.summary == "Refresh all snaps: none can be refreshed now");
  CHECK(change.data == R"({"snap-names":[],"notes":["snap \"a\" is passed over"]})");
}
