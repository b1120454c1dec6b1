#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using Catch::StartsWith;

namespace {

/// Starts an install whose install hook runs until it is let go.
std::string start_slow_install(world& w, const std::string& snap) {
  auto source = plain_snap(snap);
  source.hooks["install"] = slow_hook();
  auto id = start_install(w.api, w.make_snap(source));
  REQUIRE(w.hook_started(snap));
  return id;
}

json::object why_in_json(const world& w, const std::string& what) {
  auto result = w.troupe({"why", what, "--json"});
  CHECK(result.exit_code == 0);
  return json::parse_object(result.out);
}

std::string root_cause(const json::object& answer) {
  return text(answer.at("root").as_object(), "cause");
}

} // namespace

TEST_CASE("why names the running hook of a change, of its snap and of the tasks behind it") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto id = start_slow_install(w, "slow");
  CHECK(eventually([&] { return root_cause(why_in_json(w, id)) == "running"; }));
  auto change = get_change(w.api, id);
  auto hook = text(task_of(change, "Run install hook"), "id");
  for (const auto& what : {id, std::string{"slow"}, "task:" + hook}) {
    INFO(what);
    auto told = w.troupe({"why", what});
    CHECK(told.exit_code == 0);
    CHECK_THAT(told.out, StartsWith("task " + hook +
                                    " (Run install hook of \"slow\" snap) in lane 1 of "
                                    "change " +
                                    id + ", install-snap by root "));
    CHECK_THAT(told.out, Contains("\nroot cause: task " + hook +
                                  " (Run install hook of \"slow\" snap) "
                                  "of change " +
                                  id + " has been running for "));
    CHECK_THAT(told.out, Contains("\nends when: it ends; ") && Contains("troupe watch " + id) &&
                             Contains("troupe abort " + id));
  }

  auto last = change.at("tasks").as_array().back().as_object();
  auto chain = why_in_json(w, "task:" + text(last, "id")).at("chain").as_array();
  CHECK(text(chain.back().as_object(), "task") == hook);
  CHECK(text(chain.back().as_object(), "doing") == "install slow");
  CHECK(text(chain.back().as_object().at("waiting").as_object(), "reason") == "running");
  CHECK(text(chain.back().as_object().at("owner").as_object(), "kind") == "install-snap");

  w.let_hook_go("slow");
  CHECK(text(wait_for_change(w.api, id), "status") == "Done");
}

TEST_CASE("why follows a change that waits for its snap to the task of the owner") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto owner = start_slow_install(w, "slow");
  auto waiting = w.troupe({"remove", "slow", "--conflict", "wait", "--no-wait"});
  INFO(waiting.err);
  REQUIRE(waiting.exit_code == 0);
  auto id = waiting.out.substr(0, waiting.out.find('\n'));
  CHECK(eventually([&] { return why_in_json(w, id).at("chain").as_array().size() == 2; }));
  auto told = w.troupe({"why", id});
  CHECK_THAT(told.out, Contains(": change " + owner + " owns snap \"slow\"\n  task "));
  CHECK_THAT(told.out, Contains("Run install hook") && Contains("troupe abort " + owner));
  w.let_hook_go("slow");
  CHECK(text(wait_for_change(w.api, id), "status") == "Done");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("why names the lane and the rule that keep a base from being linked") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto base_snap = [](const std::string& name) {
    return snap_source{"name: " + name + "\nversion: '1'\ntype: base\nsummary: A base\n", {}, {}};
  };
  install(w.api, w.make_snap(base_snap("core22")));
  auto source = plain_snap("slow");
  source.yaml += "base: core22\n";
  source.hooks["remove"] = slow_hook();
  install(w.api, w.make_snap(source));
  auto app = start_action(w.api, "slow", "remove");
  REQUIRE(w.hook_started("slow"));

  CHECK(text(install(w.api, w.make_snap(base_snap("core24"))), "status") == "Done");
  auto disabling = w.troupe({"disable", "core22", "--force", "--no-wait"});
  REQUIRE(disabling.exit_code == 0);
  auto base = disabling.out.substr(0, disabling.out.find('\n'));
  CHECK(eventually([&] { return why_in_json(w, base).at("chain").as_array().size() == 2; }));
  auto answer = why_in_json(w, base);
  auto first = answer.at("chain").as_array().front().as_object().at("waiting").as_object();
  CHECK(text(first, "reason") == "admission");
  CHECK(text(first, "change") == app);
  CHECK(json::int_or(first, "lane") == 1);
  CHECK(text(first, "rule") == "one is the base of the other");
  CHECK(root_cause(answer) == "running");
  CHECK_THAT(w.troupe({"why", "core22"}).out,
             Contains("lane 1 of change " + app + " keeps it out: one is the base of the other"));
  w.let_hook_go("slow");
  CHECK(text(wait_for_change(w.api, base), "status") == "Done");
}

TEST_CASE("what has ended waits for nothing, and why says so") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto id = text(install(w.api, w.make_snap(plain_snap("hello"))), "id");
  auto ended = w.troupe({"why", id});
  CHECK(ended.exit_code == 0);
  CHECK(ended.out == "root cause: change " + id + " is ready: Done; to see what it did: troupe tasks " +
                         id + "\nends when: there is nothing to wait for\n");
  CHECK_THAT(w.troupe({"why", "task:1"}).out, Contains("is ready: Done"));
  CHECK_THAT(w.troupe({"why", "hello"}).out, Contains("nothing is under way for snap \"hello\""));
  CHECK_FALSE(why_in_json(w, "hello").at("waits").as_bool());
}

TEST_CASE("why refuses what it can't know and questions that make no sense") {
  TROUPE_NEEDS_ROOT();
  world w;
  struct refusal {
    std::vector<std::string> words;
    int exit_code;
    std::string says;
  };
  for (const auto& [words, exit_code, says] : std::vector<refusal>{
           {{"why", "99"}, 1, "cannot find change with id \"99\""},
           {{"why", "0"}, 1, "cannot find change with id \"0\""},
           {{"why", "99999999999999999999999"}, 1, "cannot find change with id"},
           {{"why", "task:99"}, 1, "cannot find task with id \"99\""},
           {{"why", "--task", "x"}, 1, "cannot find task with id \"x\""},
           {{"why", "task:"}, 1, "cannot find task with id \"\""},
           {{"why", "../x"}, 1, "invalid snap name"},
           {{"why"}, 64, "give a change's ID"},
           {{"why", "hello", "--task", "1"}, 64, "give a change's ID"},
       }) {
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(words));
    auto result = w.troupe(words);
    CHECK(result.exit_code == exit_code);
    CHECK_THAT(result.err, Contains(says));
    CHECK(result.out.empty());
  }
  for (std::string query : {"", "?change=1&snap=x", "?lane=1"}) {
    INFO(query);
    CHECK(w.api.get("/v2/troupe/why" + query).status == 400);
  }
}
