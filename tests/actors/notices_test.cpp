#include <catch2/catch.hpp>

#include "runtime/api/exchange.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

template <class Message>
void tell(stage& all, Message message) {
  caf::anon_send(all.actors().members().notices, std::move(message));
  all.run();
}

notice_list notices_of(stage& all, const notice_filter& filter = {}) {
  return all.ask<notice_list>(all.actors().members().notices, list_notices{filter});
}

warning_list warnings_of(stage& all, bool all_of_them = false) {
  return all.ask<warning_list>(all.actors().members().notices, list_warnings{all_of_them});
}

warning_count count_of(stage& all) {
  return all.ask<warning_count>(all.actors().members().notices, get_warning_count{});
}

/// Asks the API as the user with this id.
json::object api(stage& all, const std::string& method, const std::string& path,
                 std::map<std::string, std::string> query = {}, uid_t uid = 0,
                 const std::string& body = {}) {
  request asked;
  asked.method = method;
  asked.path = path;
  asked.query = std::move(query);
  asked.body = body;
  asked.from.uid = uid;
  std::optional<response> answer;
  auto what = std::make_shared<exchange>(
      asked, spooled_files{}, [&](response got) { answer = std::move(got); },
      std::make_shared<const std::atomic<bool>>(false));
  caf::anon_send(all.actors().gateway(), http_request{std::move(what)});
  all.run();
  auto envelope = json::parse_object(answer.value().body);
  CHECK(envelope.at("status-code").as_int64() == answer->status);
  return envelope;
}

json::object get(stage& all, const std::string& path, std::map<std::string, std::string> query = {},
                 uid_t uid = 0) {
  return api(all, "GET", path, std::move(query), uid);
}

std::vector<std::string> keys(const json::object& envelope) {
  std::vector<std::string> result;
  for (const auto& one : envelope.at("result").as_array())
    result.emplace_back(one.at("key").as_string());
  return result;
}

std::string message_of(const json::object& envelope) {
  return std::string{envelope.at("result").at("message").as_string()};
}

using words = std::vector<std::string>;

/// A stage without any change, so that all notices are the test's.
struct quiet {
  scratch dir;
  sim::world world;
  std::optional<stage> all;

  quiet() { restart(); }
  void restart() {
    all.reset();
    all.emplace(dir.path() / "journal.db", world);
    all->run();
  }
};

} // namespace

TEST_CASE("notices are counted, filtered and still there after a restart") {
  quiet q;
  tell(*q.all, add_notice{"change-update", "1", {}, {{"kind", "install-snap"}}});
  tell(*q.all, add_notice{"refresh-inhibit", "-", 1000U, {}});
  q.world.now += 5s;
  tell(*q.all, add_notice{"change-update", "1", {}, {{"kind", "install-snap"}}});
  auto before = notices_of(*q.all);
  REQUIRE(before.size() == 2);
  CHECK(before[1].key == "1");
  CHECK(before[1].occurrences == 2);
  CHECK(before[1].last_repeated == q.world.now);
  CHECK(notices_of(*q.all, {{}, {}, 1001U, {}}).size() == 1);
  q.restart();
  CHECK(notices_of(*q.all) == before);
}

TEST_CASE("a warning is a notice too, with the beginning of its message as key") {
  quiet q;
  std::string message(300, 'x');
  tell(*q.all, add_warning{message});
  tell(*q.all, add_warning{message});
  auto notices = notices_of(*q.all);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].type == "warning");
  CHECK(notices[0].key == message.substr(0, limits::notice_key_bytes));
  CHECK(notices[0].occurrences == 2);
  CHECK(notices[0].last_repeated < notices[0].last_occurred);
  REQUIRE(warnings_of(*q.all).size() == 1);
  CHECK(warnings_of(*q.all)[0].message == message);
}

TEST_CASE("warnings that somebody said okay to stay so over a restart, for a day") {
  quiet q;
  tell(*q.all, add_warning{"the disk is full"});
  q.world.now += 1s;
  tell(*q.all, add_warning{"the clock was set back"});
  CHECK(count_of(*q.all).count == 2);
  CHECK(count_of(*q.all).newest == q.world.now);
  okay_warnings seen{q.world.now - 1s};
  CHECK(q.all->ask<std::uint64_t>(q.all->actors().members().notices, seen) == 1);
  CHECK(q.all->ask<std::uint64_t>(q.all->actors().members().notices, seen) == 0);
  q.restart();
  REQUIRE(warnings_of(*q.all).size() == 1);
  CHECK(warnings_of(*q.all)[0].message == "the clock was set back");
  CHECK(warnings_of(*q.all, true).size() == 2);
  q.world.now += limits::warning_repeat;
  CHECK(warnings_of(*q.all).size() == 2);
}

TEST_CASE("what is too old is forgotten, in the journal too, once something is added") {
  quiet q;
  tell(*q.all, add_notice{"change-update", "old", {}, {}});
  tell(*q.all, add_warning{"old"});
  q.world.now += limits::warning_age;
  CHECK(notices_of(*q.all).empty());
  CHECK(warnings_of(*q.all, true).empty());
  tell(*q.all, add_warning{"new"});
  q.all.reset();
  journal_database journal{q.dir.path() / "journal.db", 0};
  auto contents = journal.load();
  REQUIRE(contents.notices.size() == 1);
  CHECK(contents.notices[0].key == "new");
  REQUIRE(contents.warnings.size() == 1);
  CHECK(contents.warnings[0].message == "new");
}

TEST_CASE("a notice that can't be stored as it is is dropped, and the next one is taken") {
  quiet q;
  tell(*q.all, add_notice{"change-update", std::string(limits::notice_key_bytes + 1, 'k'), {}, {}});
  tell(*q.all, add_warning{""});
  tell(*q.all, add_notice{"change-update", "1", {}, {}});
  CHECK(notices_of(*q.all).size() == 1);
  CHECK(warnings_of(*q.all).empty());
}

TEST_CASE("the API lists notices by type, key and time, to each user their own") {
  quiet q;
  tell(*q.all, add_notice{"change-update", "1", {}, {}});
  tell(*q.all, add_notice{"warning", "disk", {}, {}});
  tell(*q.all, add_notice{"refresh-inhibit", "mine", 1000U, {}});
  tell(*q.all, add_notice{"refresh-inhibit", "root's", 0U, {}});
  const std::string path = "/v2/notices";
  CHECK(keys(get(*q.all, path)) == words{"1", "disk", "root's"});
  CHECK(keys(get(*q.all, path, {}, 1000)) == words{"1", "disk", "mine"});
  CHECK(keys(get(*q.all, path, {{"user-id", "1000"}})) == words{"1", "disk", "mine"});
  CHECK(keys(get(*q.all, path, {{"user-id", "1000"}}, 1000)) == words{"1", "disk", "mine"});
  CHECK(keys(get(*q.all, path, {{"users", "all"}})) == words{"1", "disk", "mine", "root's"});
  CHECK(keys(get(*q.all, path, {{"types", "warning,refresh-inhibit"}})) == words{"disk", "root's"});
  CHECK(keys(get(*q.all, path, {{"keys", "1,mine"}, {"users", "all"}})) == words{"1", "mine"});
  auto list = get(*q.all, path).at("result").as_array();
  auto after = std::string{list.at(1).at("last-repeated").as_string()};
  CHECK(keys(get(*q.all, path, {{"after", after}})) == words{"root's"});

  auto id = std::string{list.at(2).at("id").as_string()};
  CHECK(get(*q.all, path + "/" + id).at("result") == list.at(2));
  CHECK(message_of(get(*q.all, path + "/" + id, {}, 1000)) ==
        "cannot find notice with id \"" + id + "\"");
}

TEST_CASE("the API refuses what it can't make sense of in a request for notices") {
  quiet q;
  auto refusal = [&](std::map<std::string, std::string> query, uid_t uid = 0) {
    return message_of(get(*q.all, "/v2/notices", std::move(query), uid));
  };
  CHECK(refusal({{"user-id", "0"}}, 1000) != "");
  CHECK(refusal({{"users", "all"}}, 1000) != "");
  CHECK(get(*q.all, "/v2/notices", {{"users", "all"}}, 1000).at("status-code") == 403);
  CHECK(refusal({{"user-id", "-1"}}) ==
        "cannot list notices: user-id must be a user's number, not \"-1\"");
  CHECK(refusal({{"users", "some"}}) == "cannot list notices: users must be all, not \"some\"");
  CHECK(refusal({{"users", "all"}, {"user-id", "0"}}) ==
        "cannot list notices: users and user-id don't go together");
  CHECK(refusal({{"after", "yesterday"}}) == "cannot list notices: after: malformed time "
                                             "\"yesterday\": it must look like 2024-05-01T10:30:00Z");
  CHECK(refusal({{"timeout", "10s"}}) ==
        "cannot list notices: timeout isn't supported, ask again later");
  for (std::string id : {"0", "x", "-1", "99999999999999999999"})
    CHECK(message_of(get(*q.all, "/v2/notices/" + id)) == "cannot find notice with id \"" + id + "\"");
}

TEST_CASE("every sync answer says how many warnings there are until somebody says okay") {
  quiet q;
  for (std::string path : {"/v2/system-info", "/v2/snaps", "/v2/changes", "/v2/warnings"})
    CHECK_FALSE(get(*q.all, path).contains("warning-count"));
  tell(*q.all, add_warning{"the disk is full"});
  tell(*q.all, add_warning{"the clock was set back"});
  auto list = get(*q.all, "/v2/warnings").at("result").as_array();
  REQUIRE(list.size() == 2);
  auto newest = std::string{list.back().at("last-added").as_string()};
  for (std::string path : {"/v2/system-info", "/v2/snaps", "/v2/changes", "/v2/warnings"}) {
    auto envelope = get(*q.all, path);
    CHECK(envelope.at("warning-count") == 2);
    CHECK(envelope.at("warning-timestamp").as_string() == newest);
  }
  auto okay = json::write(json::object{{"action", "okay"}, {"timestamp", newest}});
  auto said = api(*q.all, "POST", "/v2/warnings", {}, 0, okay);
  CHECK(said.at("type") == "sync");
  CHECK(said.at("result") == 2);
  CHECK_FALSE(said.contains("warning-count"));
  CHECK(get(*q.all, "/v2/warnings").at("result").as_array().empty());
  CHECK(get(*q.all, "/v2/warnings", {{"select", "all"}}).at("result").as_array().size() == 2);
}

TEST_CASE("the API refuses an okay that isn't one, and changes nothing") {
  quiet q;
  tell(*q.all, add_warning{"the disk is full"});
  auto refusal = [&](const std::string& body) {
    return message_of(api(*q.all, "POST", "/v2/warnings", {}, 0, body));
  };
  CHECK(refusal(R"({"action":"fine"})") ==
        "cannot act on warnings: unknown action \"fine\"; okay is the only one");
  CHECK(refusal(R"({"action":"okay"})") ==
        "cannot say okay to warnings: timestamp: malformed time \"\": "
        "it must look like 2024-05-01T10:30:00Z");
  CHECK(refusal(R"({"action":"okay","timestamp":7})") != "");
  CHECK(refusal("{") != "");
  CHECK(message_of(get(*q.all, "/v2/warnings", {{"select", "some"}})) ==
        "cannot list warnings: select must be all or pending, not \"some\"");
  CHECK(count_of(*q.all).count == 1);
}

TEST_CASE("ended changes are in the history, by snap too, the newest first") {
  quiet q;
  for (const auto& request :
       {install(q.world, "hello"), install(q.world, "other"), operate("disable", "hello")}) {
    q.all->start(request);
    q.all->run();
  }
  auto list = [&](std::map<std::string, std::string> query) {
    return get(*q.all, "/v2/troupe/history", std::move(query)).at("result").as_array();
  };
  REQUIRE(list({}).size() == 3);
  CHECK(list({}).at(0).at("kind") == "disable-snap");
  CHECK(list({{"limit", "1"}}).size() == 1);
  auto of_hello = list({{"snap", "hello"}});
  REQUIRE(of_hello.size() == 2);
  CHECK(of_hello.at(1).at("id") == "1");
  CHECK(of_hello.at(1).at("status") == "Done");
  CHECK(of_hello.at(1).at("snap-names") == json::array{"hello"});
  for (std::string limit : {"0", "-1", "x", "10001", "99999999999999999999999"})
    CHECK(message_of(get(*q.all, "/v2/troupe/history", {{"limit", limit}})) ==
          "cannot list the history: limit must be a number from 1 to 10000, not \"" + limit + "\"");
  CHECK(get(*q.all, "/v2/troupe/history", {{"snap", "../x"}}).at("type") == "error");
}

TEST_CASE("a change tells of itself as a notice, from its begin to its end") {
  quiet q;
  q.all->start(install(q.world, "hello"));
  q.all->run();
  auto notices = notices_of(*q.all, {{"change-update"}, {"1"}, {}, {}});
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].occurrences >= 2);
  CHECK(notices[0].data.at("kind") == "install-snap");
  CHECK(notices[0].data.at("status") == "Done");
}
