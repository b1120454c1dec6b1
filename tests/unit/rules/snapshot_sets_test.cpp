#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/rules/snapshot_sets.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point now{1'700'000'000s};

stored_snapshot snapshot(std::uint64_t set, const std::string& snap) {
  stored_snapshot result;
  result.file = std::to_string(set) + "_" + snap;
  result.info.set = set;
  result.info.snap = snap;
  result.info.rev = {7};
  result.info.time = now;
  return result;
}

stored_snapshot automatic(std::uint64_t set, duration age) {
  auto result = snapshot(set, "firefox");
  result.info.is_automatic = true;
  result.info.time = now - age;
  return result;
}

std::vector<std::string> files(const std::vector<stored_snapshot>& list) {
  std::vector<std::string> result;
  for (const auto& one : list)
    result.push_back(one.file);
  return result;
}

using names = std::vector<std::string>;

const auto is_not_found = Catch::Predicate<failure>(
    [](const failure& error) { return error.kind() == failure_kind::not_found; });

} // namespace

TEST_CASE("automatic snapshots are pruned when they are older than the retention, others never") {
  auto broken = automatic(4, 24h * 100);
  broken.fault = "it is cut short";
  auto saved = snapshot(5, "firefox");
  saved.info.time = now - 24h * 100;
  const std::vector<stored_snapshot> all{automatic(1, 24h * 31), automatic(2, 24h * 31 + 1ns),
                                         automatic(3, -24h * 100), broken, saved};
  CHECK(files(prunable_snapshots(all, now)) == names{"2_firefox"});
  CHECK(files(prunable_snapshots(all, now, 1h)) == names{"1_firefox", "2_firefox"});
}

TEST_CASE("a set's number in a request is a whole number from 1 on") {
  CHECK(snapshot_set_from_text("1") == 1);
  CHECK(snapshot_set_from_text("9223372036854775807") == 9'223'372'036'854'775'807U);
  for (const char* text :
       {"", "0", "-1", "+1", "1x", " 1", "1.0", "9223372036854775808", "99999999999999999999", "one"}) {
    INFO(text);
    CHECK_THROWS_AS(snapshot_set_from_text(text), failure);
  }
}

TEST_CASE("a query chooses by set and by snaps, each named once") {
  CHECK(snapshot_choice_in_query("", "") == snapshot_choice{});
  CHECK(snapshot_choice_in_query("3", "a,b,a") == snapshot_choice{3, {"a", "b"}});
  CHECK_THROWS_AS(snapshot_choice_in_query("3", "a,,b"), failure);
  CHECK_THROWS_AS(snapshot_choice_in_query("3", ","), failure);
  CHECK_THROWS_AS(snapshot_choice_in_query("x", ""), failure);
  std::string many = "a0";
  for (std::size_t i = 1; i <= limits::change_snaps; ++i)
    many += ",a" + std::to_string(i);
  CHECK_THROWS_AS(snapshot_choice_in_query("", many), failure);
}

TEST_CASE("a request's body names a set, perhaps snaps, and what to do") {
  const auto choice = [](const char* text) { return snapshot_choice_in_body(json::parse_object(text)); };
  CHECK(choice(R"({"set":1})") == snapshot_choice{1, {}});
  CHECK(choice(R"({"set":2,"snaps":["a","b","a"]})") == snapshot_choice{2, {"a", "b"}});
  for (const char* text : {"{}", R"({"set":0})", R"({"set":-1})", R"({"set":1.5})", R"({"set":"1"})",
                           R"({"set":null})", R"({"set":1,"snaps":"a"})", R"({"set":1,"snaps":[""]})",
                           R"({"set":1,"snaps":[1]})", R"({"set":18446744073709551615})"}) {
    INFO(text);
    CHECK_THROWS_AS(choice(text), failure);
  }
  const auto action = [](const char* text) { return snapshot_action_in_body(json::parse_object(text)); };
  CHECK(action(R"({"action":"check"})") == snapshot_action::check);
  CHECK(action(R"({"action":"restore"})") == snapshot_action::restore);
  CHECK(action(R"({"action":"forget"})") == snapshot_action::forget);
  CHECK_THROWS_AS(action(R"({"action":"eat"})"), failure);
  CHECK_THROWS_AS(action("{}"), failure);
}

TEST_CASE("a listing may choose nothing, but what is to be changed has to be there") {
  const std::vector<stored_snapshot> all{snapshot(1, "a"), snapshot(1, "b"), snapshot(2, "a")};
  CHECK(chosen_snapshots(all, {}) == all);
  CHECK(files(chosen_snapshots(all, {0, {"a"}})) == names{"1_a", "2_a"});
  CHECK(chosen_snapshots(all, {7, {}}).empty());
  CHECK(files(required_snapshots(all, {1, {"b"}})) == names{"1_b"});
  CHECK(required_snapshots(all, {1, {}}).size() == 2);
  CHECK_THROWS_MATCHES(required_snapshots(all, {7, {}}), failure, is_not_found);
  CHECK_THROWS_MATCHES(required_snapshots(all, {2, {"a", "b"}}), failure, is_not_found);
}

TEST_CASE("snapshots are shown set by set, by snap, without configurations") {
  auto first = snapshot(2, "b");
  first.file_bytes = 4096;
  first.info.version = "1.0";
  first.info.summary = "a browser";
  first.info.snap_id = "id-of-b";
  first.info.epoch = {{0, 1}, {1}};
  first.info.config = R"({"password":"secret"})";
  first.info.archives = {{"common.tar.zst", 1, 2, 3, "abc"}};
  auto second = snapshot(2, "a");
  second.info.is_automatic = true;
  auto broken = snapshot(1, "c");
  broken.fault = "it is cut short";
  auto nameless = snapshot(0, "");
  nameless.fault = "it isn't a snapshot";

  const auto resource = snapshots_resource({first, nameless, second, broken});
  REQUIRE(resource.size() == 2);
  CHECK(resource[0].at("id") == 1);
  CHECK(resource[0].at("snapshots").at(0).at("broken") == "it is cut short");
  CHECK(resource[1].at("id") == 2);
  const auto& list = resource[1].at("snapshots").as_array();
  REQUIRE(list.size() == 2);
  CHECK(list[0].at("snap") == "a");
  CHECK(list[0].at("auto") == true);
  CHECK(json::write(list[1]) ==
        R"({"set":2,"time":"2023-11-14T22:13:20.000000Z","snap":"b","revision":"7",)"
        R"("epoch":{"read":[0,1],"write":[1]},"summary":"a browser","version":"1.0","size":4096,)"
        R"("sha3-384":{"common.tar.zst":"abc"},"snap-id":"id-of-b"})");
  CHECK(snapshots_resource({}).empty());
}
