#include <catch2/catch.hpp>

#include "runtime/api/exchange.hpp"
#include "runtime/json/json.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Matchers::Contains;

namespace {

hook_words health_words(const health_report& report) {
  hook_words words;
  words.health = report;
  return words;
}

/// A stage on which hooks say what they are told to, each once it runs.
struct talking_hooks {
  scratch dir;
  sim::world world;
  std::map<std::string, health_report> says; ///< By hook.
  std::vector<std::string> cookies;          ///< Of the hooks that have run.
  stage all{dir.path() / "journal.db", world};

  talking_hooks() {
    world.amid_hook = [this](const host::process_spec& spec) {
      cookies.push_back(spec.env.at("SNAP_COOKIE"));
      CHECK(spec.env.at("SNAP_CONTEXT") == cookies.back());
      CHECK(spec.env.at("TROUPE_ROOT") == "/root");
      auto said = says.find(std::filesystem::path{spec.argv.back()}.filename());
      if (said != says.end())
        all.ask<words_noted>(contexts(), say_in_hook{cookies.back(), health_words(said->second)});
    };
  }

  const hook_contexts_actor& contexts() const { return all.actors().members().hook_contexts; }

  change_view_ptr do_install(const std::vector<std::string>& hooks) {
    return all.change(all.start(install(world, "hello", hooks)));
  }
};

/// Posts to snapctl's endpoint; returns the envelope.
json::object post(stage& all, const std::string& body, uid_t uid = 0) {
  request asked;
  asked.method = "POST";
  asked.path = "/v2/snapctl";
  asked.body = body;
  asked.from = {.uid = uid, .socket = socket_role::snapctl};
  std::optional<response> answer;
  auto what = std::make_shared<exchange>(
      asked, spooled_files{}, [&](response got) { answer = std::move(got); },
      std::make_shared<const std::atomic<bool>>(false));
  caf::anon_send(all.actors().gateway(), http_request{std::move(what)});
  all.run();
  return json::parse_object(answer.value().body);
}

std::string message_of(const json::object& envelope) {
  CHECK(envelope.at("type") == "error");
  return json::string_or(envelope.at("result").as_object(), "message");
}

std::string body_of(const std::string& cookie, std::initializer_list<const char*> words) {
  return json::write(
      json::object{{"context-id", cookie}, {"args", json::array(words.begin(), words.end())}});
}

hook_context opening(const std::string& snap) {
  hook_context what;
  what.change = {1};
  what.task = {2};
  what.snap = snap;
  what.hook = "configure";
  what.info = std::make_shared<const snap_info>();
  return what;
}

const health_report blocked{health_status::blocked, "plug it in", "no-printer"};
const health_report broken{health_status::error, "it is broken", ""};

} // namespace

TEST_CASE("what a hook says of its snap counts once the hook has ended well") {
  talking_hooks t;
  t.says["install"] = broken;
  t.says["configure"] = blocked;
  CHECK(t.do_install({"install", "configure", "check-health"})->status == task_status::done);
  CHECK(t.all.snaps().at(0)->health == snap_health{blocked, revision{-1}, t.world.now});
}

TEST_CASE("a hook that says nothing leaves what was said, and one that fails takes nothing over") {
  talking_hooks t;
  t.says["configure"] = blocked;
  t.do_install({"configure"});
  t.says["configure"] = {};
  t.world.hook_exit_status["hello/configure"] = 1;
  CHECK(t.do_install({"configure"})->status == task_status::error);
  CHECK(t.all.snaps().at(0)->health->report == blocked);
  CHECK(t.do_install({})->status == task_status::done);
  CHECK(t.all.snaps().at(0)->health->report == blocked);
}

TEST_CASE("a check-health hook that says error fails, and its install is undone") {
  talking_hooks t;
  t.says["check-health"] = {health_status::error, "it is broken", "no-disk"};
  auto view = t.do_install({"check-health"});
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error, Contains("run hook \"check-health\": it is broken (no-disk)"));
  CHECK(t.all.snaps().empty());
}

TEST_CASE("an undone refresh leaves the former health, and remembers what check-health said") {
  talking_hooks t;
  t.says["install"] = blocked;
  t.do_install({"install"});
  t.says["post-refresh"] = {health_status::waiting, "just a moment", ""};
  t.says["check-health"] = broken;
  t.says["undo-post-refresh"] = {};
  auto view = t.do_install({"post-refresh", "undo-post-refresh", "check-health"});
  CHECK(view->status == task_status::error);
  auto state = t.all.snaps().at(0);
  CHECK(state->current == revision{-1});
  CHECK(state->health->report == blocked);
  REQUIRE(state->bad.size() == 1);
  CHECK(state->bad[0].rev == revision{-2});
  CHECK_THAT(state->bad[0].reason, Contains("it is broken"));
}

TEST_CASE("a cookie is worth something while its hook runs, and a restart keeps none") {
  talking_hooks t;
  auto speak = t.world.amid_hook;
  t.world.amid_hook = [&](const host::process_spec& spec) {
    speak(spec);
    auto who = t.all.ask<hook_context>(t.contexts(), find_hook_context{t.cookies.back()});
    CHECK(who.snap == "hello");
    CHECK(who.hook == "configure");
    CHECK(who.rev == revision{-1});
    CHECK(who.change == change_id{1});
  };
  t.do_install({"configure"});
  REQUIRE(t.cookies.size() == 1);
  for (const auto& cookie : {t.cookies[0], std::string{}, std::string{"guess"}}) {
    CHECK_THROWS_WITH(t.all.ask<hook_context>(t.contexts(), find_hook_context{cookie}),
                      Contains("not that of a running hook"));
    CHECK_THROWS_AS(t.all.ask<words_noted>(t.contexts(), say_in_hook{cookie, health_words(broken)}),
                    failure);
  }
  CHECK_FALSE(t.all.snaps().at(0)->health);
}

TEST_CASE("two hooks that run have two cookies, and each speaks for its own snap") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  const auto& contexts = all.actors().members().hook_contexts;
  auto open = [&](const std::string& snap) {
    return all.ask<hook_access>(contexts, open_hook_context{opening(snap), {}});
  };
  auto first = open("hello");
  auto second = open("other");
  CHECK(first.cookie != second.cookie);
  all.ask<words_noted>(contexts, say_in_hook{first.cookie, health_words(blocked)});
  CHECK(first.said->load()->health == blocked);
  CHECK_FALSE(second.said->load()->health);
  caf::anon_send(contexts, close_hook_context{first.cookie});
  CHECK(all.ask<hook_context>(contexts, find_hook_context{second.cookie}).snap == "other");
  CHECK_THROWS_AS(all.ask<hook_context>(contexts, find_hook_context{first.cookie}), failure);
}

TEST_CASE("snapctl's endpoint takes what a running hook says, and refuses what makes no sense") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto access = all.ask<hook_access>(all.actors().members().hook_contexts,
                                     open_hook_context{opening("hello"), {}});
  const auto& cookie = access.cookie;
  for (uid_t uid : {0, 1234}) {
    auto done =
        post(all, body_of(cookie, {"set-health", "blocked", "plug it in", "--code=no-printer"}), uid);
    CHECK(done.at("type") == "sync");
    CHECK(done.at("result") == json::object{{"stdout", ""}, {"stderr", ""}});
    CHECK(access.said->load()->health == blocked);
  }
  for (const auto& body :
       {body_of("", {"help"}), body_of("", {"--help"}), body_of("", {"-h"}),
        body_of(cookie, {"set-health", "--help"}), body_of("", {"help", "set-health"})})
    CHECK_THAT(json::string_or(post(all, body, 1234).at("result").as_object(), "stdout"),
               Contains("set-health"));

  struct row {
    std::string body;
    std::string says;
  };
  for (const auto& [body, says] : std::vector<row>{
           {"", "JSON"},
           {"[]", "object"},
           {"{}", "snapctl cannot run without args"},
           {body_of(cookie, {}), "snapctl cannot run without args"},
           {R"({"context-id":"c","args":"okay"})", "args"},
           {R"({"context-id":"c","args":[7]})", "args"},
           {R"({"context-id":7,"args":["help"]})", "context-id"},
           {body_of("guess", {"set-health", "okay"}), "not that of a running hook"},
           {body_of("", {"set-health", "okay"}), "not that of a running hook"},
           {R"({"args":["set-health","okay"]})", "not that of a running hook"},
           {body_of(cookie, {"set-health"}), "error running snapctl: cannot set health"},
           {body_of(cookie, {"set-health", "fine"}), "must be okay, waiting, blocked or error"},
           {body_of(cookie, {"fly"}), "snapctl: command \"fly\" is not known by this version"},
           {body_of(cookie, {"set", "a"}), "not of the form KEY=VALUE"},
           {body_of(cookie, {"set"}), "nothing is named"},
           {body_of(cookie, {"set", "A=1"}), "invalid option name"},
           {body_of(cookie, {"get"}), "name an option"},
           {body_of(cookie, {"get", ":home", "x"}), "only hooks of plugs and slots can"},
           {body_of(cookie, {"start", "other"}), "services of its own snap"},
           {body_of(cookie, {"is-undo"}), "ended with status 1"},
           {body_of(cookie, {"\x1b[2J"}), "command \"\\x1b[2J\" is not known"},
       }) {
    INFO(body);
    CHECK_THAT(message_of(post(all, body)), Contains(says));
    CHECK(access.said->load()->health == blocked);
  }
  auto forbidden = post(all, body_of(cookie, {"set", "a=1"}), 1234);
  CHECK(forbidden.at("status-code") == 403);
  CHECK_THAT(message_of(forbidden), Contains("only root may"));
  CHECK(post(all, body_of(cookie, {"set", "a.b=1"})).at("type") == "sync");
  CHECK(json::string_or(post(all, body_of(cookie, {"get", "a"}), 1234).at("result").as_object(),
                        "stdout") == "{\"b\":1}\n");
}
