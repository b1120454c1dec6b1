#include <catch2/catch.hpp>

#include "runtime/limits.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

warning_list warnings_of(stage& all) {
  return all.ask<warning_list>(all.actors().members().notices, list_warnings{true});
}

change_list changes_of(stage& all) {
  return all.ask<change_list>(all.actors().director(), list_changes{"all", {}});
}

} // namespace

TEST_CASE("a task that could run and doesn't is warned of once") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id id;
  {
    standstill still{all};
    id = all.start(install(world, "hello"));
    all.pass(limits::runnable_patience * 3);
    CHECK(warnings_of(all).empty());
    // Without its snap's actor a task can't begin.
    auto snap = all.ask<snap_found>(all.actors().director(), find_snap{"hello"});
    caf::anon_send_exit(snap.actor, caf::exit_reason::kill);
  }
  all.pass(limits::runnable_patience * 2);
  all.pass(limits::runnable_patience * 2);
  auto warnings = warnings_of(all);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front().message, Contains("of change " + to_string(id)) &&
                                           Contains("could run and doesn't") &&
                                           Contains("troupe why " + to_string(id) + " --json"));
}

TEST_CASE("a change that isn't ready after three days is given up, unless it waits by somebody's wish") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id waiting;
  {
    standstill still{all};
    auto old = all.start(install(world, "hello"));
    auto patient = install(world, "hello");
    patient.on_conflict = conflict_policy::wait;
    waiting = all.start(patient);
    all.pass(limits::unready_change_age + 1h);
    CHECK(all.change(old)->status == task_status::undone);
    all.pass(1h);
    CHECK(all.change(waiting)->status == task_status::doing);
  }
  CHECK(all.change(waiting)->status == task_status::done);
}

TEST_CASE("ended changes are forgotten after a day, and stay in the history") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto first = all.start(install(world, "hello"));
  all.pass(limits::ended_change_age / 2);
  all.start(operate("disable", "hello"));
  all.pass(limits::ended_change_age / 2 + 1h);
  REQUIRE(changes_of(all).size() == 1);
  CHECK(changes_of(all).front()->record.kind == "disable-snap");
  CHECK_THROWS_WITH(all.change(first), Contains("cannot find change"));
  auto history = all.ask<history_list>(all.actors().members().journal, read_history{10, "hello"});
  REQUIRE(history.size() == 2);
  CHECK(history.back().id == first);
  CHECK(history.back().status == task_status::done);
}

TEST_CASE("clients are told of a change's birth and of each status that it takes") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto told = [&] {
    auto notices = all.ask<notice_list>(all.actors().members().notices,
                                        list_notices{{{"change-update"}, {}, {}, {}}});
    REQUIRE(notices.size() == 1);
    return notices.front();
  };
  {
    standstill still{all};
    all.start(install(world, "hello"));
    CHECK(told().key == "1");
    CHECK(told().data.at("status") == "Doing");
    CHECK(told().data.at("kind") == "install-snap");
  }
  CHECK(told().data.at("status") == "Done");
  CHECK(told().occurrences >= 2);
}

TEST_CASE("what an ended change leaves in the spool is removed in the end, if not at once") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  world.spool_faults = 2;
  auto wanted = install(world, "hello");
  auto id = all.start(wanted);
  CHECK(all.change(id)->status == task_status::done);
  CHECK(world.entries.contains(wanted.snaps.front().image));
  all.pass(limits::cleanup_retry);
  all.pass(limits::cleanup_retry);
  CHECK_FALSE(world.entries.contains(wanted.snaps.front().image));
}
