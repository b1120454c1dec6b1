#include <catch2/catch.hpp>

#include <signal.h>

#include <algorithm>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A hook that notes its name and environment in a file outside of the root.
std::string noting_hook(const world& w, const std::string& name) {
  auto file = (w.where.work() / name).string();
  return "#!/bin/sh\necho " + name + " >> '" + (w.where.work() / "order").string() + "'\nenv > '" +
         file + "'\npwd >> '" + file + "'\n";
}

/// Tasks that were undone have to be ready in the reverse of their order.
void check_undone_in_reverse(const json::object& change) {
  std::vector<std::string> times;
  for (const auto& item : change.at("tasks").as_array())
    if (text(item.as_object(), "status") == "Undone")
      times.push_back(text(item.as_object(), "ready-time"));
  CHECK(times.size() >= 4);
  CHECK(std::is_sorted(times.rbegin(), times.rend()));
}

} // namespace

TEST_CASE("hooks run in their order with their snap's environment") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  for (std::string hook : {"install", "configure", "remove"})
    source.hooks[hook] = noting_hook(w, hook);
  source.yaml += "confinement: devmode\n";
  install(w.api, w.make_snap(source));
  CHECK(read_file(w.where.work() / "order") == "install\nconfigure\n");
  CHECK(text(wait_for_change(w.api, start_action(w.api, "hello", "remove")), "status") == "Done");
  CHECK(read_file(w.where.work() / "order") == "install\nconfigure\nremove\n");

  for (std::string hook : {"install", "configure", "remove"}) {
    INFO(hook);
    auto seen = "\n" + read_file(w.where.work() / hook);
    for (const auto& line :
         {"SNAP=" + w.in_root("snap/hello/x1").string(), std::string{"SNAP_NAME=hello"},
          std::string{"SNAP_INSTANCE_NAME=hello"}, std::string{"SNAP_VERSION=1.0"},
          std::string{"SNAP_REVISION=x1"}, "SNAP_DATA=" + w.in_root("var/snap/hello/x1").string(),
          "SNAP_COMMON=" + w.in_root("var/snap/hello/common").string(),
          w.in_root("var/snap/hello/x1").string()})
      CHECK_THAT(seen, Contains("\n" + line + "\n"));
  }
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a failing configure hook undoes the whole install in reverse and leaves nothing") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("fussy");
  source.hooks["install"] = "#!/bin/sh\necho data > \"$SNAP_COMMON/data\"\n";
  source.hooks["configure"] =
      "#!/bin/sh\necho 'the colour is wrong'\necho 'so is the shape' >&2\nexit 3\n";
  auto result = w.troupe({"install", "--dangerous", w.make_snap(source).string()});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("cannot perform the following tasks:\n"
                                  "- Run configure hook of \"fussy\" snap (run hook \"configure\": "
                                  "the colour is wrong\nso is the shape)"));

  auto change = get_change(w.api, "1");
  CHECK(text(change, "status") == "Error");
  CHECK(change.at("ready").as_bool());
  auto failed = task_of(change, "Run configure hook");
  CHECK(text(failed, "status") == "Error");
  CHECK_THAT(log_of(failed),
             Contains("ERROR run hook \"configure\": the colour is wrong\nso is the shape"));
  CHECK(text(task_of(change, "Mount snap"), "status") == "Undone");
  CHECK(text(task_of(change, "available to the system"), "status") == "Undone");
  check_undone_in_reverse(change);
  CHECK(list_snaps(w.api).empty());
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});

  source.hooks["configure"] = "#!/bin/sh\n";
  source.yaml.replace(source.yaml.find("1.0"), 3, "1.1");
  auto second = w.troupe({"install", "--dangerous", w.make_snap(source).string()});
  INFO(second.err);
  CHECK(second.exit_code == 0);
}

TEST_CASE("a hook that fails silently is reported with its exit status or its signal") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("quiet");
  source.hooks["install"] = "#!/bin/sh\nexit 5\n";
  CHECK_THAT(text(install(w.api, w.make_snap(source)), "err"),
             Contains("run hook \"install\": exit status 5"));
  source.hooks["install"] = "#!/bin/sh\nkill -9 $$\n";
  CHECK_THAT(text(install(w.api, w.make_snap(source)), "err"), Contains("killed by signal 9"));
  source.hooks["install"] = "#!/nonexistent/interpreter\n";
  CHECK_THAT(text(install(w.api, w.make_snap(source)), "err"), Contains("No such file or directory"));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a failing remove hook doesn't keep a snap from being removed") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("sticky");
  source.hooks["remove"] = "#!/bin/sh\necho 'I want to stay'\nexit 1\n";
  install(w.api, w.make_snap(source));
  auto change = wait_for_change(w.api, start_action(w.api, "sticky", "remove"));
  CHECK(text(change, "status") == "Done");
  CHECK_THAT(log_of(task_of(change, "Run remove hook")), Contains("I want to stay"));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("no process that a hook leaves in the background survives it") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("forker");
  auto exit_code = GENERATE(0, 1);
  source.hooks["install"] =
      "#!/bin/sh\nsleep 1000 &\nsetsid sleep 1000 &\nexit " + std::to_string(exit_code) + "\n";
  auto change = install(w.api, w.make_snap(source));
  CHECK(text(change, "status") == (exit_code == 0 ? "Done" : "Error"));
  CHECK(eventually([&] { return processes_with("TROUPE_HOOK_ROOT", w.root().string()).empty(); }));
  if (exit_code == 0)
    wait_for_change(w.api, start_action(w.api, "forker", "remove"));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("of a talkative hook's output the end is kept") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("chatty");
  source.hooks["install"] =
      "#!/bin/sh\nyes 'a line of sixteen' | head -c 3000000\necho 'the end'\nexit 1\n";
  auto change = install(w.api, w.make_snap(source));
  auto log = log_of(task_of(change, "Run install hook"));
  CHECK_THAT(log, Contains("the end"));
  CHECK(log.size() < 80U << 10);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("aborting a change kills its hook and undoes all of it") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("slow");
  source.hooks["install"] = slow_hook();
  auto id = start_install(w.api, w.make_snap(source));
  REQUIRE(w.hook_started("slow"));
  auto unready = w.troupe({"tasks", id});
  CHECK_THAT(unready.out, Contains("Doing"));
  CHECK(w.troupe({"abort", id}).exit_code == 0);
  auto change = wait_for_change(w.api, id);
  CHECK(text(change, "status") != "Done");
  CHECK_THAT(text(change, "err"), Contains("<aborted>"));
  check_undone_in_reverse(change);
  CHECK(w.troupe({"watch", id}).exit_code == 1);
  CHECK(list_snaps(w.api).empty());
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});

  auto again = w.troupe({"abort", id});
  CHECK(again.exit_code == 1);
  CHECK_THAT(again.err, Contains("cannot abort change " + id + " with nothing pending"));
}

TEST_CASE("Ctrl-C during an install aborts its change") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("slow");
  source.hooks["install"] = slow_hook();
  program installing{w.troupe_words({"install", "--dangerous", w.make_snap(source).string()}), w.user()};
  REQUIRE(w.hook_started("slow"));
  installing.send_signal(SIGINT);
  auto result = installing.wait();
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("Aborting change 1"));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a second operation on a snap in a change is refused with its owner's name") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("slow");
  source.hooks["install"] = slow_hook();
  auto image = w.make_snap(source);
  auto id = start_install(w.api, image);
  REQUIRE(w.hook_started("slow"));
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"remove", "slow"}, {"disable", "slow"}, {"install", "--dangerous", image.string()}}) {
    auto refused = w.troupe(words);
    INFO(words.front());
    CHECK(refused.exit_code == 10);
    CHECK_THAT(refused.err, Contains("snap \"slow\" has \"install-snap\" change in progress"));
  }
  auto as_json = json::parse_object(w.troupe({"remove", "slow", "--json"}).out);
  CHECK(text(as_json.at("error").as_object(), "kind") == "snap-change-conflict");

  auto answer = w.api.post("/v2/snaps/slow", json::object{{"action", "remove"}});
  CHECK(answer.status == 409);
  auto error = answer.parsed.as_object().at("result").as_object();
  CHECK(text(error, "kind") == "snap-change-conflict");
  auto owner = error.at("value").as_object();
  CHECK(text(owner, "snap-name") == "slow");
  CHECK(text(owner, "change-kind") == "install-snap");
  CHECK(text(owner, "change-id") == id);

  install(w.api, w.make_snap(plain_snap("other")));
  w.let_hook_go("slow");
  CHECK(text(wait_for_change(w.api, id), "status") == "Done");
  CHECK(w.troupe({"remove", "slow", "other"}).exit_code == 0);
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}
