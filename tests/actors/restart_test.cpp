#include <catch2/catch.hpp>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
namespace fs = std::filesystem;

namespace {

/// What a killed daemon leaves: the journal's files and the host.
struct moment {
  fs::path journal;
  sim::world world;
};

moment freeze(const fs::path& journal, const sim::world& world, const fs::path& into) {
  fs::create_directories(into);
  for (const auto* suffix : {"", "-wal"})
    if (fs::exists(journal.string() + suffix))
      fs::copy_file(journal.string() + suffix, into / ("journal.db" + std::string{suffix}));
  return {into / "journal.db", world};
}

/// Stops a run of `request` after each message it takes, and returns all those moments.
std::vector<moment> every_moment(scratch& dir, sim::world& world, const operation_request& request,
                                 const std::function<void(stage&)>& before) {
  std::vector<moment> moments;
  auto journal = dir.path() / "journal.db";
  stage all{journal, world};
  before(all);
  all.send(start_operation{request});
  all.run([&] {
    moments.push_back(freeze(journal, world, dir.path() / std::to_string(moments.size())));
    return false;
  });
  return moments;
}

bool is_whole(const sim::world& world) {
  return world.mounted.contains("/root/snap/hello/x1") &&
         world.entries.contains("/root/snap/hello/current") &&
         world.entries.contains("/root/var/snap/hello/x1") &&
         world.entries.contains("/root/var/lib/snapd/snaps/hello_x1.snap");
}

/// Every change is ready, and the snap is there with all that belongs to it or not at all.
void check_after_restart(stage& all, const sim::world& world) {
  all.run();
  for (const auto& view : all.ask<change_list>(all.actors().director(), list_changes{"all", ""}))
    CHECK(view->ready);
  auto snaps = all.snaps();
  if (snaps.empty())
    CHECK(sim::snap_files(world).empty());
  else
    CHECK(is_whole(world));
}

} // namespace

TEST_CASE("an install that is stopped after any message goes on to its end after a restart") {
  scratch dir;
  sim::world world;
  auto moments =
      every_moment(dir, world, install(world, "hello", {"install", "configure"}), [](stage&) {});
  REQUIRE(moments.size() > 50);
  for (auto& at : moments) {
    stage again{at.journal, at.world};
    check_after_restart(again, at.world);
  }
}

TEST_CASE("an install that fails late leaves nothing, wherever it is stopped") {
  scratch dir;
  sim::world world;
  world.hook_exit_status["hello/configure"] = 1;
  auto moments =
      every_moment(dir, world, install(world, "hello", {"install", "configure"}), [](stage&) {});
  for (auto& at : moments) {
    stage again{at.journal, at.world};
    check_after_restart(again, at.world);
    CHECK(again.snaps().empty());
  }
}

TEST_CASE("a remove that is stopped after any message has removed all or begun nothing") {
  scratch dir;
  sim::world world;
  auto first = install(world, "hello", {"remove"});
  auto moments =
      every_moment(dir, world, operate("remove", "hello"), [&](stage& all) { all.start(first); });
  for (auto& at : moments) {
    stage again{at.journal, at.world};
    check_after_restart(again, at.world);
    auto changes = again.ask<change_list>(again.actors().director(), list_changes{"all", ""});
    CHECK(again.snaps().empty() == (changes.size() == 2));
  }
}

TEST_CASE("a snap that a change owned is owned by it again after a restart") {
  scratch dir;
  sim::world world;
  auto journal = dir.path() / "journal.db";
  moment at;
  {
    stage all{journal, world};
    all.send(start_operation{install(world, "hello", {"configure"})});
    all.run([&] { return world.mounted.size() == 1; });
    at = freeze(journal, world, dir.path() / "killed");
  }
  stage again{at.journal, at.world};
  again.send(start_operation{operate("remove", "hello")});
  again.run();
  auto changes = again.ask<change_list>(again.actors().director(), list_changes{"all", ""});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0]->status == task_status::done);
}

TEST_CASE("ids are never given out twice, not even after a restart") {
  scratch dir;
  sim::world world;
  auto journal = dir.path() / "journal.db";
  {
    stage all{journal, world};
    CHECK(all.start(install(world, "hello")) == change_id{1});
  }
  stage again{journal, world};
  again.run();
  CHECK(again.start(operate("remove", "hello")) == change_id{2});
}
