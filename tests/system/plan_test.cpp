#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
using Catch::StartsWith;
namespace fs = std::filesystem;

namespace {

json::object task_in_plan(const json::object& lane, const std::string& kind) {
  for (const auto& item : lane.at("tasks").as_array())
    if (text(item.as_object(), "kind") == kind)
      return item.as_object();
  throw std::runtime_error{"no task of kind " + kind + " in " + json::write(lane)};
}

void check_nothing_has_happened(world& w, std::size_t changes) {
  CHECK(result_of(w.api.get("/v2/changes?select=all")).as_array().size() == changes);
  CHECK(eventually([&] { return fs::is_empty(w.in_root("var/lib/troupe/spool")); }));
}

} // namespace

TEST_CASE("planning an install shows what it does and undoes, and changes nothing") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  source.hooks["install"] = "#!/bin/sh\ntouch '" + (w.where.work() / "ran").string() + "'\n";
  auto image = w.make_snap(source).string();

  auto told = w.troupe({"plan", "install", "--dangerous", image});
  INFO(told.err);
  CHECK(told.exit_code == 0);
  CHECK_THAT(told.out, Contains("Install \"hello\" snap from file") &&
                           Contains("\nlane 1: install hello\n") &&
                           Contains("Run install hook of \"hello\" snap"));
  CHECK_THAT(told.out, Contains("    do: places the image, synced, and mounts it\n"
                                "    undo: unmounts it, removes image and mount point\n"
                                "    waits for: task "));
  CHECK_THAT(told.out, Contains(", then admission of the lane"));

  auto plan = json::parse_object(w.troupe({"plan", "install", "--dangerous", image, "--json"}).out);
  CHECK(text(plan, "kind") == "install-snap");
  auto lanes = plan.at("lanes").as_array();
  REQUIRE(lanes.size() == 1);
  auto hook = task_in_plan(lanes.front().as_object(), "run-hook");
  CHECK_THAT(text(hook, "undo"), StartsWith("runs the hook that undoes it"));
  CHECK(hook.at("critical").as_bool());

  CHECK(list_snaps(w.api).empty());
  CHECK_FALSE(fs::exists(w.where.work() / "ran"));
  check_nothing_has_happened(w, 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
  CHECK(text(install(w.api, image), "id") == "1");
}

TEST_CASE("planning to remove, disable or enable shows the tasks and leaves the snaps as they are") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  install(w.api, w.make_snap(plain_snap("other")));
  auto removing = json::parse_object(w.troupe({"plan", "remove", "hello", "other", "--json"}).out);
  auto lanes = removing.at("lanes").as_array();
  REQUIRE(lanes.size() == 2);
  CHECK(lanes.at(0).at("waits-for-lanes").as_array().empty());
  CHECK(lanes.at(1).at("waits-for-lanes").as_array().empty());
  auto discard = task_in_plan(lanes.at(0).as_object(), "discard-snap");
  CHECK(discard.at("irreversible").as_bool());
  CHECK(discard.at("undo").is_null());

  auto disabling = w.troupe({"plan", "disable", "hello"});
  CHECK(disabling.exit_code == 0);
  CHECK_THAT(disabling.out,
             Contains("lane 1: disable hello") && Contains("undo: makes it active again"));
  CHECK(list_snaps(w.api).size() == 2);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  check_nothing_has_happened(w, 2);
}

TEST_CASE("a snap on a base is planned after the base's lane") {
  TROUPE_NEEDS_ROOT();
  world w;
  snap_source base{"name: core22\nversion: '1'\ntype: base\nsummary: s\ndescription: d\n", {}, {}};
  auto source = plain_snap("hello");
  source.yaml += "base: core22\n";
  auto result = w.troupe({"plan", "install", "--dangerous", w.make_snap(source).string(),
                          w.make_snap(base).string(), "--json"});
  auto lanes = json::parse_object(result.out).at("lanes").as_array();
  REQUIRE(lanes.size() == 2);
  CHECK(text(lanes.at(0).as_object(), "doing") == "install core22");
  CHECK(text(lanes.at(1).as_object(), "doing") == "install hello");
  CHECK(lanes.at(1).at("waits-for-lanes").as_array().size() == 1);
}

TEST_CASE("what can't be done can't be planned, for the same reason") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  install(w.api, image);
  struct refusal {
    std::vector<std::string> words;
    int exit_code;
    std::string says;
  };
  for (const auto& [words, exit_code, says] : std::vector<refusal>{
           {{"plan", "install", "--dangerous", image}, 1, "it is installed already"},
           {{"plan", "install", image}, 1, "--dangerous"},
           {{"plan", "install", "--dangerous", "/none.snap"}, 1, "No such file"},
           {{"plan", "install", "--dangerous", "--name", "hello_two", image, image}, 64, "--name"},
           {{"plan", "remove", "unknown"}, 1, "it is not installed"},
           {{"plan", "remove", "hello", "hello"}, 1, "named twice"},
           {{"plan", "remove", "../x"}, 1, "invalid snap name"},
           {{"plan", "remove", "hello", "--revision", "x9"}, 1, "revision x9 is not installed"},
           {{"plan", "remove", "a", "b", "--revision", "x1"}, 64, "--revision"},
           {{"plan", "enable", "hello"}, 1, "it is enabled already"},
           {{"plan"}, 64, "plan --help"},
           {{"plan", "explode"}, 64, "plan --help"},
       }) {
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(words));
    auto result = w.troupe(words);
    CHECK(result.exit_code == exit_code);
    CHECK_THAT(result.err, Contains(says));
    CHECK(result.out.empty());
  }
  check_nothing_has_happened(w, 1);
}
