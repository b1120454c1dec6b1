#include <catch2/catch.hpp>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

operation_request waiting(operation_request what, std::optional<duration> at_most = std::nullopt) {
  what.on_conflict = conflict_policy::wait;
  what.wait_at_most = at_most;
  return what;
}

operation_request replacing(operation_request what) {
  what.on_conflict = conflict_policy::replace;
  return what;
}

operation_request together(const std::string& verb, const std::vector<std::string>& names) {
  operation_request all;
  for (const auto& name : names)
    all.snaps.push_back(operate(verb, name).snaps.front());
  return all;
}

std::optional<failure> refusal_of(stage& all, const operation_request& what) {
  try {
    all.start(what);
  } catch (const failure& why) {
    return why;
  }
  return std::nullopt;
}

const waits::claim* awaited_claim(const change_view& view) {
  if (view.waits.size() != 1)
    return nullptr;
  return std::get_if<waits::claim>(&view.waits.begin()->second);
}

} // namespace

TEST_CASE("a refused request is told whose change has the snap, since when, and how to end it") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  standstill still{all};
  auto first = install(world, "hello");
  first.uid = 1000;
  auto owner = all.start(first);
  world.now += 12s;
  auto why = refusal_of(all, operate("remove", "hello"));
  REQUIRE(why);
  CHECK(why->kind() == failure_kind::change_conflict);
  auto id = to_string(owner);
  CHECK_THAT(why->what(), Contains("snap \"hello\" has \"install-snap\" change in progress"));
  CHECK_THAT(why->what(), Contains("change " + id + ", asked for by the user with id 1000 12s ago"));
  CHECK_THAT(why->what(), Contains("troupe watch " + id) && Contains("troupe abort " + id));
}

TEST_CASE("a change that waits for a snap says whose it is, and goes on when that change has ended") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id owner;
  change_id waiter;
  {
    standstill still{all};
    owner = all.start(install(world, "hello"));
    waiter = all.start(waiting(operate("disable", "hello")));
    auto view = all.change(waiter);
    CHECK(view->status == task_status::doing);
    REQUIRE(awaited_claim(*view));
    CHECK(awaited_claim(*view)->owner == owner);
    CHECK(awaited_claim(*view)->snap == "hello");
  }
  CHECK(all.change(owner)->status == task_status::done);
  CHECK(all.change(waiter)->status == task_status::done);
  CHECK_FALSE(all.snaps().front()->active);
}

TEST_CASE("changes that wait for a snap get it in the order they asked") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  std::vector<change_id> ids;
  {
    standstill still{all};
    ids.push_back(all.start(install(world, "hello")));
    for (auto verb : {"disable", "enable", "disable", "enable"})
      ids.push_back(all.start(waiting(operate(verb, "hello"))));
    CHECK(refusal_of(all, operate("remove", "hello")));
    for (std::size_t i = 1; i < ids.size(); ++i)
      REQUIRE(awaited_claim(*all.change(ids[i])));
    CHECK(awaited_claim(*all.change(ids[3]))->owner == ids[0]);
  }
  for (auto id : ids)
    CHECK(all.change(id)->status == task_status::done);
}

TEST_CASE("a base that another change is installing is waited for, and not installed again") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id first;
  change_id second;
  {
    standstill still{all};
    first = all.start(install(world, "base22", {}, {}, snap_type::base));
    auto app = install(world, "hello", {}, "base22");
    auto base = install(world, "base22", {}, {}, snap_type::base).snaps.front();
    base.is_prerequisite = true;
    app.snaps.push_back(base);
    second = all.start(app);
    CHECK(awaited_claim(*all.change(second))->owner == first);
  }
  auto view = all.change(second);
  CHECK(view->status == task_status::done);
  REQUIRE(view->record.operations.size() == 1);
  CHECK(view->record.operations.front().snap == "hello");
  CHECK_FALSE(refusal_of(all, operate("remove", "hello")));
  CHECK_FALSE(refusal_of(all, operate("disable", "base22")));
}

TEST_CASE("a change that had to wait is planned for the world as it is when its turn comes") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id second;
  {
    standstill still{all};
    all.start(install(world, "hello"));
    second = all.start(waiting(operate("enable", "hello")));
  }
  auto view = all.change(second);
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error, Contains("enabled already"));
  CHECK(view->ready);
  CHECK_FALSE(refusal_of(all, operate("remove", "hello")));
}

TEST_CASE("a change gives up waiting when its time is over, and says for whom it waited") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  standstill still{all};
  auto owner = all.start(install(world, "hello"));
  auto waiter = all.start(waiting(operate("remove", "hello"), 30s));
  CHECK_FALSE(all.change(waiter)->ready);
  all.pass(30s);
  auto view = all.change(waiter);
  CHECK(view->ready);
  CHECK(view->status == task_status::error);
  CHECK_THAT(view->record.error, Contains("cannot wait any longer") && Contains(to_string(owner)));
  CHECK_FALSE(all.change(owner)->ready);
}

TEST_CASE("a change that waits for a snap can be aborted, and leaves nothing of its own behind") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id owner;
  change_id waiter;
  {
    standstill still{all};
    owner = all.start(install(world, "hello"));
    waiter = all.start(waiting(install(world, "hello")));
    all.ask<change_view_ptr>(all.actors().director(), abort_change_by_id{waiter, {}});
    CHECK(all.change(waiter)->ready);
    CHECK(all.change(waiter)->status == task_status::undone);
  }
  CHECK(all.change(owner)->status == task_status::done);
  for (const auto& entry : world.entries)
    CHECK(entry.find("/spool/") == entry.npos);
  CHECK_FALSE(refusal_of(all, operate("remove", "hello")));
}

TEST_CASE("a change of many snaps waits for all of them and holds none meanwhile") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  for (auto name : {"a", "b", "c"})
    all.start(install(world, name));
  change_id many;
  {
    standstill still{all};
    auto owner = all.start(operate("disable", "b"));
    many = all.start(waiting(together("remove", {"a", "b", "c"})));
    CHECK(awaited_claim(*all.change(many))->owner == owner);
    // Whoever comes later waits behind it for any of its snaps, though nobody owns them yet.
    auto why = refusal_of(all, operate("disable", "c"));
    REQUIRE(why);
    CHECK_THAT(why->what(), Contains("remove-snap") && Contains(to_string(many)));
  }
  CHECK(all.change(many)->status == task_status::done);
  CHECK(all.snaps().empty());
}

TEST_CASE("changes that wait for each other's snaps all end, whatever the order of their names") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  for (auto name : {"a", "b", "c"})
    all.start(install(world, name));
  std::vector<change_id> ids;
  {
    standstill still{all};
    ids.push_back(all.start(together("disable", {"a", "b"})));
    ids.push_back(all.start(waiting(together("enable", {"b", "a"}))));
    ids.push_back(all.start(waiting(together("disable", {"c", "a"}))));
    ids.push_back(all.start(waiting(together("disable", {"b"}))));
  }
  for (auto id : ids)
    CHECK(all.change(id)->status == task_status::done);
}

TEST_CASE("a change that waits for a snap waits on after a restart, behind the owner and its limit") {
  scratch dir;
  sim::world world;
  change_id owner;
  change_id first;
  change_id second;
  {
    stage all{dir.path() / "journal.db", world};
    standstill still{all};
    owner = all.start(install(world, "hello"));
    first = all.start(waiting(operate("disable", "hello")));
    second = all.start(waiting(operate("remove", "hello"), 30s));
    all.end();
  }
  stage all{dir.path() / "journal.db", world};
  all.run();
  CHECK(all.change(owner)->status == task_status::done);
  CHECK(all.change(first)->status == task_status::done);
  CHECK(all.change(second)->status == task_status::done);
  CHECK(all.snaps().empty());
}

TEST_CASE("a request that would replace does so only where the owner waits for applications to end") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  change_id owner;
  change_id next;
  {
    standstill still{all};
    owner = all.start(install(world, "hello"));
    auto why = refusal_of(all, replacing(operate("remove", "hello")));
    REQUIRE(why);
    CHECK(why->kind() == failure_kind::change_conflict);
    CHECK_THAT(why->what(), Contains("does more than to wait for running applications"));
    CHECK_FALSE(all.change(owner)->ready);

    // No kind of task waits for applications yet, so the test says it for the one that runs.
    auto view = all.change(owner);
    for (const auto& task : view->record.tasks)
      if (task.status == task_status::doing)
        caf::anon_send(all.actor_of(owner),
                       task_waits{task.id, waits::apps_running{"hello", {{4711, {}, {}, {}, {}}}}});
    all.run();
    next = all.start(replacing(install(world, "hello")));
  }
  CHECK(all.change(owner)->status == task_status::undone);
  CHECK(all.change(next)->status == task_status::done);
}
