#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

operation_request both(operation_request first, const operation_request& second) {
  first.snaps.push_back(second.snaps.front());
  return first;
}

lane_view lane_for(const change_view& view, const std::string& doing) {
  for (const auto& lane : view.lanes)
    if (lane.doing == doing)
      return lane;
  return {};
}

std::vector<std::string> installed(stage& all) {
  std::vector<std::string> names;
  for (const auto& state : all.snaps())
    names.push_back(state->name);
  return names;
}

} // namespace

TEST_CASE("of two snaps installed at once the one that fails is undone and the other stays") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  world.hook_exit_status["bad/install"] = 1;
  auto view = all.change(
      all.start(both(install(world, "bad", {"install"}), install(world, "good", {"install"}))));
  CHECK(view->status == task_status::error);
  CHECK(installed(all) == std::vector<std::string>{"good"});
  CHECK(lane_for(*view, "install good").status == task_status::done);
  CHECK(lane_for(*view, "install bad").status == task_status::error);
}

TEST_CASE("with a transaction over all snaps the failure of one undoes its neighbour") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  world.hook_exit_status["bad/install"] = 1;
  auto wanted = both(install(world, "good", {"install"}), install(world, "bad", {"install"}));
  wanted.transaction = transaction::all_snaps;
  auto view = all.change(all.start(wanted));
  CHECK(view->status == task_status::error);
  CHECK(view->lanes.size() == 1);
  CHECK(installed(all).empty());
  CHECK(sim::snap_files(world).empty());
}

TEST_CASE("a snap and the base it runs on are installed at once, the base first") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto app = install(world, "app", {"install"}, "base");
  auto base = install(world, "base", {"install"}, {}, snap_type::base);
  auto view = all.change(all.start(both(app, base)));
  CHECK(view->status == task_status::done);
  CHECK(world.hooks_run == std::vector<std::string>{"base/install", "app/install"});
}

TEST_CASE("a base that fails takes along the snap that needs it, and leaves the others alone") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  world.hook_exit_status["base/install"] = 1;
  auto wanted = both(install(world, "app", {"install"}, "base"),
                     install(world, "base", {"install"}, {}, snap_type::base));
  wanted = both(wanted, install(world, "other", {"install"}));
  auto view = all.change(all.start(wanted));
  CHECK(installed(all) == std::vector<std::string>{"other"});
  CHECK(lane_for(*view, "install app").status == task_status::hold);
  CHECK(std::ranges::count(world.hooks_run, "app/install") == 0);
}

TEST_CASE("a base is removed along with the snaps that run on it, but not without them") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "base", {}, {}, snap_type::base));
  all.start(install(world, "app", {}, "base"));
  CHECK_THROWS_WITH(all.start(operate("remove", "base")), Catch::Contains("\"app\" runs on it"));
  auto view = all.change(all.start(both(operate("remove", "base"), operate("remove", "app"))));
  CHECK(view->status == task_status::done);
  CHECK(installed(all).empty());
  CHECK(sim::snap_files(world).empty());
}

TEST_CASE("a snap whose base is disabled is removed without its remove hook") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  all.start(install(world, "base", {}, {}, snap_type::base));
  all.start(install(world, "app", {"remove"}, "base"));
  auto forced = operate("disable", "base");
  forced.snaps.front().force = true;
  all.start(forced);
  auto view = all.change(all.start(operate("remove", "app")));
  CHECK(view->status == task_status::done);
  CHECK(world.hooks_run.empty());
  CHECK(installed(all) == std::vector<std::string>{"base"});
}

TEST_CASE("one lane of a change can be aborted, and a lane that there isn't is refused") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id id;
  {
    standstill still{all};
    id = all.start(both(install(world, "one"), install(world, "two")));
    auto abort = [&](lane_number lane) {
      return all.ask<change_view_ptr>(all.actors().director(), abort_change_by_id{id, {lane}});
    };
    CHECK_THROWS_WITH(abort(9), Catch::Contains("cannot abort lane 9"));
    CHECK(all.change(id)->status == task_status::doing);
    abort(1);
  }
  CHECK(installed(all) == std::vector<std::string>{"two"});
  CHECK_THROWS_WITH(all.ask<change_view_ptr>(all.actors().director(), abort_change_by_id{id, {2}}),
                    Catch::Contains("nothing pending"));
}
