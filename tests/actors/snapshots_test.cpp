#include <catch2/catch.hpp>

#include <algorithm>

#include "runtime/api/exchange.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

constexpr auto data_of_hello = "/root/var/snap/hello/x1";

operation_request on_snapshot(const std::string& verb, std::uint64_t set) {
  auto wanted = operate(verb + "-snapshot", "hello");
  wanted.snaps.front().snapshot_set = set;
  wanted.snaps.front().rev = {-1};
  return wanted;
}

snapshot_list stored(stage& all) {
  return all.ask<snapshot_list>(all.actors().members().snapshots, list_stored_snapshots{});
}

/// Starts a change and runs it to its end.
change_view_ptr run(stage& all, const operation_request& wanted) {
  auto id = all.start(wanted);
  all.run();
  return all.change(id);
}

/// Asks the API as root.
json::object api(stage& all, const std::string& method, const std::string& path,
                 const std::string& body = {}, std::map<std::string, std::string> query = {}) {
  request asked;
  asked.method = method;
  asked.path = path;
  asked.query = std::move(query);
  asked.body = body;
  asked.from.uid = 0;
  std::optional<response> answer;
  auto what = std::make_shared<exchange>(
      asked, spooled_files{}, [&](response got) { answer = std::move(got); },
      std::make_shared<const std::atomic<bool>>(false));
  caf::anon_send(all.actors().gateway(), http_request{std::move(what)});
  all.run();
  return json::parse_object(answer.value().body);
}

std::string message_of(const json::object& envelope) {
  return std::string{envelope.at("result").at("message").as_string()};
}

/// What is left in the snap's data by a restore that isn't over.
bool has_replaced_data(const sim::world& world) {
  return std::ranges::any_of(world.entries,
                             [](const auto& entry) { return entry.find(".replaced-") != entry.npos; });
}

} // namespace

TEST_CASE("a removal leaves a snapshot with its change's number, which a new install gets back") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  run(all, install(world, "hello", {"configure"}));
  auto former = world.data.at(data_of_hello);
  REQUIRE_FALSE(former.empty());
  auto removal = run(all, operate("remove", "hello"));
  auto kept = stored(all);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].info.set == removal->record.id.value);
  CHECK(kept[0].info.is_automatic);
  run(all, install(world, "hello"));
  CHECK(world.data[data_of_hello] != former);
  auto restore = run(all, on_snapshot("restore", kept[0].info.set));
  CHECK(restore->status == task_status::done);
  CHECK(world.data[data_of_hello] == former);
  CHECK_FALSE(has_replaced_data(world));
}

TEST_CASE("an undone removal leaves no snapshot") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  run(all, install(world, "hello"));
  all.send(start_operation{operate("remove", "hello")});
  all.run([&] { return world.snapshots.size() == 1; });
  CHECK(world.snapshots.size() == 1);
  all.send(abort_change_by_id{{2}, {}});
  all.run();
  CHECK(stored(all).empty());
  CHECK(all.snaps().size() == 1);
}

TEST_CASE("a restore that is cut short anywhere is done or undone after the restart") {
  scratch dir;
  sim::world world;
  auto journal = dir.path() / "journal.db";
  std::vector<sim::world> worlds;
  auto freeze = [&] {
    auto into = dir.path() / std::to_string(worlds.size());
    fs::create_directories(into);
    for (const auto* suffix : {"", "-wal"})
      if (fs::exists(journal.string() + suffix))
        fs::copy_file(journal.string() + suffix, into / ("journal.db" + std::string{suffix}));
    worlds.push_back(world);
    return false;
  };
  std::string saved;
  {
    stage all{journal, world};
    run(all, install(world, "hello", {"configure"}));
    auto set = run(all, operate("save-snapshot", "hello"))->record.id.value;
    saved = world.data.at(data_of_hello);
    world.data[data_of_hello] = "spoilt";
    all.send(start_operation{on_snapshot("restore", set)});
    all.run(freeze);
  }
  std::size_t restored = 0;
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    auto& then = worlds[i];
    stage all{dir.path() / std::to_string(i) / "journal.db", then};
    all.run();
    for (const auto& view : all.ask<change_list>(all.actors().director(), list_changes{"all", ""}))
      CHECK(view->status == task_status::done);
    CHECK_FALSE(has_replaced_data(then));
    auto is_restored = then.data.at(data_of_hello) == saved;
    CHECK((is_restored || then.data.at(data_of_hello) == "spoilt"));
    restored += is_restored;
  }
  CHECK(restored > 0);
  CHECK(restored < worlds.size());
}

TEST_CASE("automatic snapshots go when they are too old, at a start and once a day; others stay") {
  scratch dir;
  sim::world world;
  auto journal = dir.path() / "journal.db";
  {
    stage all{journal, world};
    run(all, install(world, "hello"));
    run(all, operate("save-snapshot", "hello"));
    run(all, operate("remove", "hello"));
    CHECK(stored(all).size() == 2);
    all.pass(limits::snapshot_age);
    CHECK(stored(all).size() == 2);
    all.pass(limits::snapshot_pruning);
    auto left = stored(all);
    REQUIRE(left.size() == 1);
    CHECK_FALSE(left[0].info.is_automatic);
    run(all, install(world, "hello"));
    run(all, operate("remove", "hello"));
    CHECK(stored(all).size() == 2);
  }
  world.now += limits::snapshot_age + 1s;
  stage all{journal, world};
  all.run();
  CHECK(stored(all).size() == 1);
}

TEST_CASE("a journal that was moved away leads to no set that is there already") {
  scratch dir;
  sim::world world;
  {
    stage all{dir.path() / "journal.db", world};
    run(all, install(world, "hello"));
    run(all, operate("save-snapshot", "hello"));
  }
  auto saved = world.snapshots;
  REQUIRE(saved.size() == 1);
  auto set = saved.begin()->second.info.set;
  world.entries.clear();
  stage all{dir.path() / "other.db", world};
  auto id = run(all, install(world, "hello"))->record.id;
  CHECK(id.value == set + 1);
  run(all, operate("save-snapshot", "hello"));
  CHECK(world.snapshots.size() == 2);
  CHECK(world.snapshots.at(saved.begin()->first).info == saved.begin()->second.info);
}

TEST_CASE("the API saves, lists, checks, restores and forgets sets") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  CHECK_THAT(message_of(api(all, "POST", "/v2/snaps", R"({"action":"snapshot"})")),
             Contains("no snap is installed"));
  run(all, install(world, "hello"));
  run(all, install(world, "other"));
  auto saved = api(all, "POST", "/v2/snaps", R"({"action":"snapshot"})");
  CHECK(saved.at("status-code") == 202);
  auto set = json::write(saved.at("result").at("set-id"));
  CHECK(saved.at("change") == json::value(set));
  auto sets = api(all, "GET", "/v2/snapshots").at("result").as_array();
  REQUIRE(sets.size() == 1);
  CHECK(sets[0].at("snapshots").as_array().size() == 2);
  auto one = api(all, "GET", "/v2/snapshots", {}, {{"set", set}, {"snaps", "other"}});
  CHECK(one.at("result").as_array().at(0).at("snapshots").as_array().size() == 1);
  CHECK(api(all, "GET", "/v2/snapshots", {}, {{"set", "99"}}).at("result").as_array().empty());

  auto act = [&](const std::string& action, const std::string& more = {}) {
    return api(all, "POST", "/v2/snapshots",
               R"({"set":)" + set + R"(,"action":")" + action + "\"" + more + "}");
  };
  CHECK(act("check").at("status-code") == 202);
  CHECK(act("restore", R"(,"snaps":["hello"],"users":null)").at("status-code") == 202);
  CHECK_THAT(message_of(act("restore", R"(,"users":["ann"])")), Contains("must name nobody"));
  CHECK_THAT(message_of(act("restore", R"(,"snaps":["third"])")), Contains("has none of snap"));
  CHECK_THAT(message_of(act("restore", R"(,"snaps":["../x"])")), Contains("name"));
  CHECK_THAT(message_of(act("eat")), Contains("must be check, restore or forget"));
  auto unknown = api(all, "POST", "/v2/snapshots", R"({"set":99,"action":"check"})");
  CHECK(unknown.at("status-code") == 404);
  CHECK(message_of(unknown) == "cannot find snapshot: there is no set 99");

  run(all, operate("remove", "hello"));
  auto refused = act("restore");
  CHECK(refused.at("status-code") == 404);
  CHECK_THAT(message_of(refused), Contains("\"hello\"") && Contains("install it first"));
  CHECK(act("check", R"(,"snaps":["hello"])").at("status-code") == 202);
  CHECK(act("forget", R"(,"snaps":["hello"])").at("status-code") == 202);
  CHECK_THAT(message_of(act("forget", R"(,"snaps":["hello"])")), Contains("has none of snap"));
  CHECK(act("forget").at("status-code") == 202);
  CHECK(act("forget").at("status-code") == 404);
}
