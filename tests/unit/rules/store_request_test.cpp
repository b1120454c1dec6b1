#include "runtime/rules/store_request.hpp"

#include "planner_support.hpp"

using namespace troupe;
using namespace troupe::planner_tests;
using Catch::Contains;

namespace {

/// A store whose snaps are built up by a test, and a host that asks it.
struct asked_store {
  store_index index;
  std::vector<std::string> faults;
  std::map<std::string, snap_state_ptr> installed;

  void offer(const snap_info_ptr& info, std::vector<int> revisions,
             const std::string& channel = "latest/stable") {
    auto& snap = index.snaps[info->name];
    snap.name = info->name;
    snap.id = "id-of-" + info->name;
    store_channel released{channel, {}, false};
    for (auto number : revisions) {
      if (!snap.find({number}))
        snap.revisions.push_back({{number}, info, {"main", info->name, 10, "ab"}, {}});
      released.released.push_back({number});
    }
    snap.channels.push_back(released);
  }

  snap_state& have(const std::string& name, std::vector<int> revisions) {
    auto state = std::make_shared<snap_state>(*planner_tests::installed(name, std::move(revisions)));
    state->channel = "latest/stable";
    state->origin.snap_id = "id-of-" + name;
    installed[name] = state;
    return *state;
  }

  store_view view() const { return {index, faults, installed, "amd64"}; }

  std::vector<std::string> fill(operation_request& request) const {
    return fill_from_stores(request, view());
  }
};

operation_request wanted(const std::string& verb, const std::vector<std::string>& names) {
  operation_request request;
  request.snaps = requests(verb, names);
  return request;
}

failure_kind refusal(const asked_store& store, operation_request request) {
  try {
    store.fill(request);
  } catch (const failure& why) {
    return why.kind();
  }
  FAIL("it was filled");
  return {};
}

std::vector<int> steps(const snap_request& request) {
  std::vector<int> result;
  for (const auto& step : request.steps)
    result.push_back(step.rev.number);
  return result;
}

} // namespace

TEST_CASE("an install gets the revision that the channel offers, and where it comes from") {
  asked_store store;
  store.offer(info_of("hello"), {3, 5});
  auto request = wanted("install", {"hello_two"});
  CHECK(store.fill(request).empty());
  REQUIRE(request.snaps.size() == 1);
  CHECK(steps(request.snaps[0]) == std::vector{5});
  CHECK(request.snaps[0].channel == "latest/stable");
  CHECK(request.snaps[0].origin.snap_id == "id-of-hello");
}

TEST_CASE("a request that names files, or acts on what is there, wants nothing from stores") {
  operation_request files;
  files.snaps = {install(info_of("hello"))};
  CHECK_FALSE(wants_store(files));
  CHECK_FALSE(wants_store(wanted("revert", {"hello"})));
  CHECK_FALSE(wants_store(wanted("remove", {"hello"})));
  CHECK(wants_store(wanted("refresh", {"hello"})));
}

TEST_CASE("what stands against an install or a refresh is said before anything is planned") {
  asked_store store;
  store.offer(info_of("hello"), {3});
  CHECK(refusal(store, wanted("install", {"other"})) == failure_kind::snap_not_found);
  CHECK(refusal(store, wanted("refresh", {"hello"})) == failure_kind::snap_not_installed);
  store.have("hello", {1});
  CHECK(refusal(store, wanted("install", {"hello"})) == failure_kind::snap_already_installed);
  store.have("hello", {-1}).origin = {};
  CHECK(refusal(store, wanted("refresh", {"hello"})) == failure_kind::snap_local);
  store.have("hello", {1}).origin.snap_id = "another";
  auto request = wanted("refresh", {"hello"});
  CHECK_THROWS_WITH(store.fill(request), Contains("another snap"));
}

TEST_CASE("a store that couldn't be read is named where a snap isn't found") {
  asked_store store;
  store.faults = {"store \"far\" can't be reached"};
  auto request = wanted("install", {"hello"});
  CHECK_THROWS_WITH(store.fill(request), Contains("store \"far\" can't be reached"));
}

TEST_CASE("a missing base comes along, with what that one needs; one that is there doesn't") {
  asked_store store;
  store.offer(app_on("hello", "base22"), {3});
  store.offer(base_of("base22"), {8});
  auto request = wanted("install", {"hello"});
  store.fill(request);
  REQUIRE(request.snaps.size() == 2);
  CHECK(request.snaps[1].snap == "base22");
  CHECK(request.snaps[1].is_prerequisite);
  CHECK(steps(request.snaps[1]) == std::vector{8});

  store.have("base22", {8});
  request = wanted("install", {"hello"});
  store.fill(request);
  CHECK(request.snaps.size() == 1);
}

TEST_CASE("a base that can't be had refuses one snap, and of several fails the one that needs it") {
  asked_store store;
  store.offer(app_on("hello", "base22"), {3});
  store.offer(app_on("plain", "none"), {3});
  auto request = wanted("install", {"hello"});
  CHECK_THROWS_WITH(store.fill(request), Contains("its base \"base22\" is not installed"));
  request = wanted("install", {"hello", "plain"});
  store.fill(request);
  CHECK_THAT(request.snaps[0].missing, Contains("base22"));
  CHECK(request.snaps[1].missing.empty());
}

TEST_CASE("default providers come along, in a loop too; one that can't be had is only noted") {
  auto with_provider = [](const std::string& name, const std::string& provider) {
    auto info = std::make_shared<snap_info>(*info_of(name));
    info->plugs.push_back(
        {"looks", "content", {}, R"({"default-provider":")" + provider + R"(:slot"})"});
    return info;
  };
  asked_store store;
  store.offer(with_provider("a", "b"), {1});
  store.offer(with_provider("b", "a"), {1});
  store.offer(with_provider("c", "nowhere"), {1});
  auto request = wanted("install", {"a"});
  store.fill(request);
  CHECK(request.snaps.size() == 2);
  auto change = host_plan{}.plan(request);
  CHECK(snaps_of(change) == std::vector<std::string>{"b", "a"});
  CHECK_THAT(change.tasks.front().log.at(0), Contains("want each other's content"));

  request = wanted("install", {"c"});
  auto notes = store.fill(request);
  CHECK(request.snaps.size() == 1);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Contains("without its default provider"));
}

TEST_CASE("a refresh of all takes what is newer and passes over what is bad or was reverted from") {
  asked_store store;
  for (const auto* name : {"bad", "current", "newer", "reverted", "local"})
    store.offer(info_of(name), {1, 2});
  store.have("bad", {1}).bad = {{{2}, "hook failed", {}}};
  store.have("current", {2});
  store.have("newer", {1});
  store.have("reverted", {1, 2}).current = {1};
  store.have("local", {-1}).origin = {};
  operation_request request;
  request.refreshes_all = true;
  auto notes = store.fill(request);
  REQUIRE(request.snaps.size() == 1);
  CHECK(request.snaps[0].snap == "newer");
  REQUIRE(notes.size() == 2);
  CHECK_THAT(notes[0], Contains("\"bad\" is passed over") && Contains("hook failed"));
  CHECK_THAT(notes[1], Contains("\"reverted\" is passed over") && Contains("reverted from"));
  CHECK(available_updates(store.view()).size() == 3);
}

TEST_CASE("a named refresh tries what is bad again") {
  asked_store store;
  store.offer(info_of("hello"), {1, 2});
  store.have("hello", {1}).bad = {{{2}, "hook failed", {}}};
  auto request = wanted("refresh", {"hello"});
  store.fill(request);
  CHECK(steps(request.snaps[0]) == std::vector{2});
}

TEST_CASE("a newer revision than the bad one is taken by a refresh of all") {
  asked_store store;
  store.offer(info_of("hello"), {1, 2, 3});
  store.have("hello", {1}).bad = {{{2}, "hook failed", {}}};
  operation_request request;
  request.refreshes_all = true;
  store.fill(request);
  REQUIRE(request.snaps.size() == 1);
  CHECK(steps(request.snaps[0]) == std::vector{3});
}
