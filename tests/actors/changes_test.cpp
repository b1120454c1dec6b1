#include <catch2/catch.hpp>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

std::vector<std::string> statuses(const change_view& view) {
  std::vector<std::string> result;
  for (const auto& task : view.record.tasks)
    result.push_back(task.kind + " " + std::string{to_word(task.status)});
  return result;
}

} // namespace

TEST_CASE("an installed snap is linked, mounted and known") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto id = all.start(install(world, "hello", {"install", "configure"}));
  auto view = all.change(id);
  CHECK(view->status == task_status::done);
  CHECK(view->ready);
  CHECK(view->record.error.empty());
  CHECK(world.hooks_run == std::vector<std::string>{"hello/install", "hello/configure"});
  CHECK(world.mounted == std::set<std::string>{"/root/snap/hello/x1"});
  CHECK(world.entries.contains("/root/snap/hello/current"));
  auto snaps = all.snaps();
  REQUIRE(snaps.size() == 1);
  CHECK(snaps[0]->active);
  CHECK(to_string(snaps[0]->current) == "x1");
}

TEST_CASE("a change that is ready leaves nothing in the spool") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "hello"));
  for (const auto& entry : world.entries)
    CHECK(entry.find("/spool/") == entry.npos);
}

TEST_CASE("a hook that fails undoes the install to the last file and frees the snap") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  world.hook_exit_status["hello/configure"] = 3;
  auto view = all.change(all.start(install(world, "hello", {"install", "configure"})));
  CHECK(view->status == task_status::error);
  CHECK(view->record.error ==
        "cannot perform the following tasks:\n"
        "- Run configure hook of \"hello\" snap (run hook \"configure\": exit status 3)");
  CHECK(sim::snap_files(world).empty());
  CHECK(all.snaps().empty());
  world.hook_exit_status.clear();
  CHECK(all.change(all.start(install(world, "hello")))->status == task_status::done);
}

TEST_CASE("a removed snap leaves no file and no actor") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "hello", {"remove"}));
  auto view = all.change(all.start(operate("remove", "hello")));
  CHECK(view->status == task_status::done);
  CHECK(world.hooks_run == std::vector<std::string>{"hello/remove"});
  CHECK(sim::snap_files(world).empty());
  CHECK(all.snaps().empty());
  for (const auto& actor : all.ask<actor_list>(all.actors().members().inspector, list_actors{})) {
    CHECK_FALSE(actor.name.starts_with("snap "));
    CHECK(actor.name.find("change") == actor.name.npos);
    CHECK(actor.name.find("lane") == actor.name.npos);
  }
}

TEST_CASE("a failing remove hook doesn't keep a snap from being removed") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "hello", {"remove"}));
  world.hook_exit_status["hello/remove"] = 1;
  CHECK(all.change(all.start(operate("remove", "hello")))->status == task_status::done);
  CHECK(all.snaps().empty());
}

TEST_CASE("a disabled snap keeps its files, and enabling links it again") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "hello"));
  CHECK(all.change(all.start(operate("disable", "hello")))->status == task_status::done);
  CHECK_FALSE(all.snaps().at(0)->active);
  CHECK_FALSE(world.entries.contains("/root/snap/hello/current"));
  CHECK(world.mounted.size() == 1);
  CHECK(all.change(all.start(operate("enable", "hello")))->status == task_status::done);
  CHECK(all.snaps().at(0)->active);
  CHECK(world.entries.contains("/root/snap/hello/current"));
}

TEST_CASE("a second request for a snap is refused and names the owner") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "hello"));
  all.send(start_operation{operate("disable", "hello")});
  all.run([&] { return !world.entries.contains("/root/snap/hello/current"); });
  try {
    all.start(operate("remove", "hello"));
    FAIL("it was accepted");
  } catch (const failure& why) {
    CHECK(why.kind() == failure_kind::change_conflict);
    CHECK_THAT(why.what(), Catch::StartsWith("snap \"hello\" has \"disable-snap\" change in progress"));
    CHECK(why.value().find("\"change-id\":\"2\"") != std::string::npos);
  }
}

TEST_CASE("a refused request frees what it had claimed and consumes no snap") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  CHECK_THROWS_WITH(all.start(install(world, "hello", {}, "core22")),
                    Catch::Contains("its base \"core22\" is not installed"));
  CHECK(all.change(all.start(install(world, "hello")))->ready);
}

TEST_CASE("an abort undoes what was done and holds what wasn't begun") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.send(start_operation{install(world, "hello", {"configure"})});
  all.run([&] { return world.mounted.size() == 1; });
  all.send(abort_change_by_id{{1}, {}});
  all.run();
  auto view = all.change({1});
  CHECK(view->ready);
  CHECK(sim::snap_files(world).empty());
  CHECK(world.hooks_run.empty());
  CHECK(statuses(*view).back() == "run-hook Hold");
  CHECK_THROWS_WITH(all.ask<change_view_ptr>(all.actors().director(), abort_change_by_id{{1}, {}}),
                    "cannot abort change 1 with nothing pending");
}

TEST_CASE("a snap that others use as their base is neither removed nor disabled") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "core22", {}, "", snap_type::base));
  all.start(install(world, "hello", {}, "core22"));
  CHECK_THROWS_WITH(all.start(operate("remove", "core22")),
                    Catch::Contains("snap \"hello\" runs on it"));
  CHECK_THROWS_WITH(all.start(operate("disable", "core22")),
                    Catch::Contains("snap \"hello\" runs on it"));
}
