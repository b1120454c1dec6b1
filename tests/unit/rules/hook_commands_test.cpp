#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/rules/hook_commands.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

hook_context plain_hook() {
  snap_info info;
  app_info service;
  service.name = "web";
  service.daemon = "simple";
  info.apps = {service};
  hook_context hook;
  hook.snap = "player";
  hook.hook = "configure";
  hook.config = R"({"a":{"b":"text"},"n":1})";
  hook.info = std::make_shared<const snap_info>(info);
  return hook;
}

hook_context hook_of_plug(bool may_set = true) {
  auto hook = plain_hook();
  hook.connection = hook_connection{{{"player", "music"}, {"library", "songs"}},
                                    true,
                                    may_set,
                                    R"({"content":"songs"})",
                                    R"({"content":"songs","read":["/"]})",
                                    R"({"port":{"number":7}})",
                                    R"({"path":"x"})"};
  return hook;
}

std::string out(const hook_context& hook, const std::vector<std::string>& args) {
  return run_hook_command(hook, args).out;
}

std::string refusal(const hook_context& hook, const std::vector<std::string>& args) {
  try {
    run_hook_command(hook, args);
    return {};
  } catch (const failure& why) {
    return why.what();
  }
}

} // namespace

TEST_CASE("a hook reads options one by one, several as a document, and typed as JSON") {
  const auto hook = plain_hook();
  CHECK(out(hook, {"get", "a.b"}) == "text\n");
  CHECK(out(hook, {"get", "-t", "a.b"}) == "\"text\"\n");
  CHECK(out(hook, {"get", "n"}) == "1\n");
  CHECK(out(hook, {"get", "a"}) == "{\"b\":\"text\"}\n");
  CHECK(out(hook, {"get", "-d", "n"}) == "{\"n\":1}\n");
  CHECK(out(hook, {"get", "n", "a.b"}) == "{\"n\":1,\"a.b\":\"text\"}\n");
  CHECK(out(hook, {"get", "none"}) == "\n");
  CHECK(out(hook, {"get", "-t", "none"}) == "null\n");
  CHECK_THAT(refusal(hook, {"get"}), Contains("name an option"));
  CHECK_THAT(refusal(hook, {"get", "-x", "n"}), Contains("unknown option \"-x\""));
  CHECK_THAT(refusal(hook, {"get", "-t", "-d", "n"}), Contains("exclude each other"));
  CHECK_THAT(refusal(hook, {"get", "N"}), Contains("invalid option name"));
}

TEST_CASE("what a hook sets is seen by what it asks next, and counts together") {
  auto hook = plain_hook();
  hook_words said;
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"set", "a.c=2", "x=hello"}, {"unset", "a"}, {"set", "-s", "n=5"}, {"set", "y!", "a.d=1"}})
    add_words(said, run_hook_command(as_said(hook, said), args).words);
  const auto now = as_said(hook, said);
  CHECK(json::parse(now.config) == json::parse(R"({"n":"5","x":"hello","a":{"d":1}})"));
  CHECK(said.config.size() == 4);
  CHECK_THAT(refusal(now, {"set", "x.y=1"}), Contains("isn't a document"));
  CHECK_THAT(refusal(hook, {"set"}), Contains("nothing is named"));
  CHECK_THAT(refusal(hook, {"unset"}), Contains("no option is named"));
}

TEST_CASE("a hook of a plug reads both ends, and sets its own before anything is connected") {
  const auto hook = hook_of_plug();
  CHECK(out(hook, {"get", ":music", "content"}) == "songs\n");
  CHECK(out(hook, {"get", ":music", "port.number"}) == "7\n");
  CHECK(out(hook, {"get", "--slot", ":music", "path"}) == "x\n");
  CHECK(out(hook, {"get", "--slot", ":music", "read"}) == "[\"/\"]\n");
  CHECK_THAT(refusal(hook, {"get", ":music", "path"}), Contains("the plug has none of that name"));
  CHECK_THAT(refusal(hook, {"get", ":songs", "path"}), Contains("this hook is about \":music\""));
  CHECK_THAT(refusal(hook, {"get", "--plug", "--slot", ":music", "path"}), Contains("exclude"));
  CHECK_THAT(refusal(plain_hook(), {"get", ":music", "path"}),
             Contains("only hooks of plugs and slots"));

  const auto set = run_hook_command(hook, {"set", ":music", "port.name=web", "x=1"});
  CHECK(json::parse(set.words.attributes.value()) ==
        json::parse(R"({"port":{"number":7,"name":"web"},"x":1})"));
  hook_words said;
  add_words(said, set.words);
  CHECK(out(as_said(hook, said), {"get", ":music", "x"}) == "1\n");
  CHECK_THAT(refusal(hook, {"set", ":music", "content=other"}), Contains("snap.yaml has it"));
  CHECK_THAT(refusal(hook, {"set", ":music", "content.x=other"}), Contains("snap.yaml has it"));
  CHECK_THAT(refusal(hook_of_plug(false), {"set", ":music", "x=1"}), Contains("only prepare hooks"));
}

TEST_CASE("a hook asks for services of its own snap only") {
  auto hook = plain_hook();
  const auto words = run_hook_command(hook, {"stop", "--disable", "player.web"}).words;
  REQUIRE(words.services.size() == 1);
  CHECK(words.services[0].verb == "stop");
  CHECK(words.services[0].names == std::vector<std::string>{"web"});
  CHECK(words.services[0].for_good);
  CHECK(run_hook_command(hook, {"restart", "--reload", "player"}).words.services[0].verb == "reload");
  CHECK(run_hook_command(hook, {"restart", "player", "player.web"}).words.services[0].names.empty());
  CHECK_THAT(refusal(hook, {"start", "other"}), Contains("its own snap"));
  CHECK_THAT(refusal(hook, {"start", "player.none"}), Contains("no service of that name"));
  CHECK_THAT(refusal(hook, {"start", "--disable", "player"}), Contains("doesn't go with it"));
  CHECK_THAT(refusal(hook, {"start"}), Contains("name them"));
  hook.is_guest = true;
  CHECK_THAT(refusal(hook, {"start", "player"}), Contains("a change of another snap"));
}

TEST_CASE("a hook can tell whether it undoes, and what has failed") {
  auto hook = plain_hook();
  CHECK(run_hook_command(hook, {"is-undo"}).exit_code == 1);
  hook.undo = true;
  hook.failed = "cannot perform the following tasks:\n- a (b)";
  CHECK(run_hook_command(hook, {"is-undo"}).exit_code == 0);
  CHECK(out(hook, {"is-undo"}) == "cannot perform the following tasks:\n- a (b)\n");
}
