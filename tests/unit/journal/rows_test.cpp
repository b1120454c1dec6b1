#include <catch2/catch.hpp>

#include <array>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/journal/database.hpp"
#include "samples.hpp"
#include "scratch.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

void commit(journal_database& journal, const journal_batch& batch) { journal.commit({&batch, 1}); }

snap_info_ptr sample_info() {
  auto info = std::make_shared<snap_info>();
  info->name = "hello";
  info->version = "1.0";
  info->base = "core22";
  info->summary = "says \"hello\" in Grüße";
  return info;
}

change_record full_change() {
  auto change = sample_change(7, 40, 2, {"hello", "world"});
  change.data = R"({"snap-names":["hello","world"]})";
  change.requester_uid = 4'000'000'000U;
  auto& op = change.operations[1];
  op.rev = revision{-3};
  op.info = sample_info();
  op.image = "/var/lib/spool/3";
  op.channel = "latest/edge";
  op.flags = {.devmode = true, .jailmode = false, .classic = true};
  op.purge = true;
  op.given_path = "../world_1.snap";
  op.force = true;
  op.download = {"main", "snaps/world_7.snap", 4'000'000'000U, "0123abcd"};
  op.origin = {"abcdef", {"pub", "alice", "Alice \"A\"", "verified"}, {{"hi", "greet"}}};
  op.from = revision{6};
  op.is_prerequisite = true;
  op.app = "greet";
  op.alias = "hi";
  op.unaliased = true;
  op.aliases_added = {{"hi", "greet"}, {"x", "y"}};
  op.aliases_removed = {{"hi", "part"}};
  op.missing = "its base \"core22\" is not installed";
  auto& task = change.tasks[1];
  task.status = task_status::wait;
  task.waited = task_status::undone;
  task.waits_for = {task_id{40}, task_id{41}};
  task.lanes = {1, 2};
  task.operation = 1;
  task.setup = R"({"hook":"configure"})";
  task.memo = R"({"old":"x1"})";
  task.progress = {"copying", 18'000'000'000'000'000'000U, 18'400'000'000'000'000'000U};
  task.log = {"INFO one", "ERROR \"two\"\nlines", ""};
  task.spawned_at = at(1'700'000'000'123'456'789);
  task.ready_at = at(1'700'000'000'123'456'790);
  return change;
}

void check_same(const operation& a, const operation& b) {
  CHECK(a.verb == b.verb);
  CHECK(a.snap == b.snap);
  CHECK(a.lane == b.lane);
  CHECK(a.rev == b.rev);
  CHECK((a.info == b.info || (a.info && b.info && *a.info == *b.info)));
  CHECK(a.image == b.image);
  CHECK(a.channel == b.channel);
  CHECK(a.flags == b.flags);
  CHECK(a.purge == b.purge);
  CHECK(a.given_path == b.given_path);
  CHECK(a.force == b.force);
  CHECK(a.download == b.download);
  CHECK(a.origin == b.origin);
  CHECK(a.from == b.from);
  CHECK(a.is_prerequisite == b.is_prerequisite);
  CHECK(a.missing == b.missing);
  CHECK(a.app == b.app);
  CHECK(a.alias == b.alias);
  CHECK(a.unaliased == b.unaliased);
  CHECK(a.aliases_added == b.aliases_added);
  CHECK(a.aliases_removed == b.aliases_removed);
}

void check_same(const task_record& a, const task_record& b) {
  CHECK(a.id == b.id);
  CHECK(a.kind == b.kind);
  CHECK(a.summary == b.summary);
  CHECK(a.status == b.status);
  CHECK(a.waited == b.waited);
  CHECK(a.waits_for == b.waits_for);
  CHECK(a.lanes == b.lanes);
  CHECK(a.operation == b.operation);
  CHECK(a.setup == b.setup);
  CHECK(a.memo == b.memo);
  CHECK(a.progress == b.progress);
  CHECK(a.log == b.log);
  CHECK(a.spawned_at == b.spawned_at);
  CHECK(a.ready_at == b.ready_at);
}

void check_same(const change_record& a, const change_record& b) {
  CHECK(a.id == b.id);
  CHECK(a.kind == b.kind);
  CHECK(a.summary == b.summary);
  CHECK(a.data == b.data);
  CHECK(a.requester_uid == b.requester_uid);
  CHECK(a.spawned_at == b.spawned_at);
  CHECK(a.ready_at == b.ready_at);
  CHECK(a.error == b.error);
  REQUIRE(a.operations.size() == b.operations.size());
  for (std::size_t i = 0; i < a.operations.size(); ++i)
    check_same(a.operations[i], b.operations[i]);
  REQUIRE(a.tasks.size() == b.tasks.size());
  for (std::size_t i = 0; i < a.tasks.size(); ++i)
    check_same(a.tasks[i], b.tasks[i]);
}

} // namespace

TEST_CASE("a change comes back from a reopened journal with every field") {
  scratch_directory directory;
  auto change = full_change();
  {
    journal_database journal{directory / "journal.db"};
    commit(journal, with_change(change));
    auto contents = journal.load();
    REQUIRE(contents.changes.size() == 1);
    check_same(contents.changes[0], change);
  }
  journal_database journal{directory / "journal.db"};
  auto contents = journal.load();
  REQUIRE(contents.changes.size() == 1);
  check_same(contents.changes[0], change);
  CHECK(contents.last_change == change_id{7});
  CHECK(contents.last_task == task_id{41});
}

TEST_CASE("every status of a task comes back") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto change = sample_change(1, 1, task_status_count);
  for (std::size_t i = 0; i < task_status_count; ++i) {
    change.tasks[i].status = static_cast<task_status>(i);
    change.tasks[i].waited = static_cast<task_status>(task_status_count - 1 - i);
  }
  commit(journal, with_change(change));
  check_same(journal.load().changes.at(0), change);
}

TEST_CASE("changes and tasks come back by id and operations by index, however they were written") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto late = sample_change(12, 30, 3, {"zebra", "ant", "mole"});
  std::swap(late.tasks[0], late.tasks[2]);
  std::array batches{with_change(late), with_change(sample_change(9, 20, 1))};
  journal.commit(batches);
  auto contents = journal.load();
  REQUIRE(contents.changes.size() == 2);
  CHECK(contents.changes[0].id == change_id{9});
  CHECK(contents.changes[1].id == change_id{12});
  REQUIRE(contents.changes[1].tasks.size() == 3);
  CHECK(contents.changes[1].tasks[0].id == task_id{30});
  CHECK(contents.changes[1].tasks[2].id == task_id{32});
  REQUIRE(contents.changes[1].operations.size() == 3);
  CHECK(contents.changes[1].operations[0].snap == "zebra");
  CHECK(contents.changes[1].operations[2].snap == "mole");
}

TEST_CASE("an update of a task changes what a task's life changes and nothing else") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto change = full_change();
  commit(journal, with_change(change));
  task_row row{task_id{41},    task_status::done, task_status::done,
               R"({"new":1})", {"linking", 1, 2}, {"INFO three"},
               at(99)};
  journal_batch batch;
  batch.tasks.push_back(row);
  commit(journal, batch);
  auto& task = change.tasks[1];
  task.status = row.status;
  task.waited = row.waited;
  task.memo = row.memo;
  task.progress = row.progress;
  task.log = row.log;
  task.ready_at = row.ready_at;
  check_same(journal.load().changes.at(0), change);
}

TEST_CASE("a log line that isn't UTF-8 is kept readable") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto change = sample_change(1, 1, 1);
  change.tasks[0].log = {"INFO bad \xff\xfe byte", std::string{"INFO nul \0 byte", 15}};
  change.summary = "bad \xff byte";
  commit(journal, with_change(change));
  auto task = journal.load().changes.at(0).tasks.at(0);
  REQUIRE(task.log.size() == 2);
  CHECK(task.log[0] == "INFO bad \xef\xbf\xbd\xef\xbf\xbd byte");
  CHECK(task.log[1] == change.tasks[0].log[1]);
}

TEST_CASE("a snap's state comes back from a reopened journal with every field") {
  scratch_directory directory;
  snap_state state;
  state.name = "hello_key";
  state.version = 12;
  state.revisions = {{revision{-2}, nullptr, at(1'700'000'000'123'456'789)},
                     {revision{7}, sample_info(), at(3), R"({"a":1})"}};
  state.current = revision{7};
  state.active = true;
  state.channel = "latest/stable";
  state.flags = {.devmode = false, .jailmode = true, .classic = false};
  state.config = R"({"a":{"b":"c"}})";
  state.origin = {"abcdef", {"pub", "alice", "Alice", "starred"}};
  state.aliases = {{"hi", {"greet", ""}}, {"x", {"", "part"}}};
  state.no_automatic_aliases = true;
  state.bad = {{revision{8}, "hook failed", at(9)}, {revision{9}, "", at(10)}};
  state.health = {{health_status::blocked, "plug it in", "no-printer"}, revision{7}, at(11)};
  {
    journal_database journal{directory / "journal.db"};
    journal_batch batch;
    batch.snaps.push_back(std::make_shared<const snap_state>(state));
    commit(journal, batch);
    commit(journal, with_snap("another", 1, 1));
  }
  journal_database journal{directory / "journal.db"};
  auto snaps = journal.load().snaps;
  REQUIRE(snaps.size() == 2);
  CHECK(snaps[0]->name == "another");
  const auto& read = *snaps[1];
  CHECK(read.name == state.name);
  CHECK(read.version == state.version);
  REQUIRE(read.revisions.size() == 2);
  CHECK(read.revisions[0].rev == revision{-2});
  CHECK(read.revisions[0].info == nullptr);
  CHECK(read.revisions[0].installed_at == state.revisions[0].installed_at);
  REQUIRE(read.revisions[1].info);
  CHECK(*read.revisions[1].info == *state.revisions[1].info);
  CHECK(read.current == state.current);
  CHECK(read.active);
  CHECK(read.channel == state.channel);
  CHECK(read.flags == state.flags);
  CHECK(read.config == state.config);
  CHECK(read.origin == state.origin);
  CHECK(read.aliases == state.aliases);
  CHECK(read.no_automatic_aliases);
  CHECK(read.bad == state.bad);
  CHECK(read.health == state.health);
  CHECK_FALSE(snaps[0]->health);
  CHECK(read.revisions[0].config.empty());
  CHECK(read.revisions[1].config == state.revisions[1].config);
}

TEST_CASE("an older state of a snap doesn't overwrite a newer one") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  std::array batches{with_snap("hello", 3, 3), with_snap("hello", 2, 2)};
  journal.commit(batches);
  commit(journal, with_snap("hello", 3, 1));
  CHECK(journal.load().snaps.at(0)->revisions.size() == 3);
  commit(journal, with_snap("hello", 4, 1));
  CHECK(journal.load().snaps.at(0)->revisions.size() == 1);
}

TEST_CASE("a snap that is gone isn't brought back by an older state, in one commit or a later one") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  std::array batches{with_change(sample_change(1, 1, 1)), with_snap("hello", 1, 1),
                     with_snap("hello", 3, 0), with_snap("hello", 2, 2)};
  journal.commit(batches);
  CHECK(journal.load().snaps.empty());
  commit(journal, with_snap("hello", 2, 2));
  CHECK(journal.load().snaps.empty());
  commit(journal, with_snap("hello", 4, 1));
  CHECK(journal.load().snaps.size() == 1);
}

TEST_CASE("a snap that is gone may count its versions anew once the change has ended") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  std::array batches{with_change(sample_change(1, 1, 1)), with_snap("hello", 8, 0), with_end(1)};
  journal.commit(batches);
  commit(journal, with_snap("hello", 1, 1));
  CHECK(journal.load().snaps.size() == 1);
}

TEST_CASE("a snap that is gone may count its versions anew once the journal was reopened") {
  scratch_directory directory;
  {
    journal_database journal{directory / "journal.db"};
    commit(journal, with_snap("hello", 8, 0));
  }
  journal_database journal{directory / "journal.db"};
  commit(journal, with_snap("hello", 1, 1));
  CHECK(journal.load().snaps.size() == 1);
}

TEST_CASE("an ended change says when and how it ended") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  commit(journal, with_change(sample_change(5, 50, 1)));
  CHECK_FALSE(is_set(journal.load().changes.at(0).ready_at));
  commit(journal, with_end(5, "no"));
  CHECK(journal.load().changes.at(0).ready_at == at(5'000'000'000));
  CHECK(journal.load().changes.at(0).error == "no");
}

TEST_CASE("a change that waited for its claims gets its tasks and the operations as they are now") {
  scratch_directory directory;
  auto change = full_change();
  {
    journal_database journal{directory / "journal.db"};
    auto waiting = change;
    waiting.tasks.resize(1);
    waiting.operations.resize(1);
    waiting.operations[0].verb = "refresh";
    auto other = sample_change(8, 60, 1);
    std::array batches{with_change(waiting), with_change(other)};
    journal.commit(batches);
    journal_batch granted;
    granted.added.push_back({change.id, change.operations, {change.tasks[1]}});
    task_row first;
    first.id = change.tasks[1].id;
    first.status = task_status::doing;
    first.waited = task_status::undone;
    granted.tasks.push_back(first);
    commit(journal, granted);
  }
  journal_database journal{directory / "journal.db"};
  auto contents = journal.load();
  REQUIRE(contents.changes.size() == 2);
  CHECK(contents.changes[0].tasks.at(1).status == task_status::doing);
  contents.changes[0].tasks[1] = change.tasks[1];
  check_same(contents.changes[0], change);
  CHECK(contents.changes[1].operations.size() == 1);
  CHECK(contents.last_change == change_id{8});
  CHECK(contents.last_task == task_id{60});
}

TEST_CASE("tasks that are added raise the counter, and are pruned with their change") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto change = sample_change(1, 1, 3, {"zebra", "ant"});
  journal_batch granted;
  granted.added.push_back({change.id, {change.operations[1]}, {change.tasks[1], change.tasks[2]}});
  auto waiting = change;
  waiting.tasks.resize(1);
  std::array batches{with_change(waiting), granted, with_status(3, task_status::done), with_end(1)};
  journal.commit(batches);
  CHECK(journal.load().last_task == task_id{3});
  CHECK(journal.history(1).at(0).snaps == std::vector<std::string>{"ant"});
  journal_batch pruned;
  pruned.pruned = {change.id};
  commit(journal, pruned);
  CHECK(journal.load().changes.empty());
  CHECK(journal.history(10, "ant").size() == 1);
  CHECK(journal.history(10, "zebra").empty());
}

TEST_CASE("tasks for a change that isn't stored are refused, and nothing is left of them") {
  scratch_directory directory;
  journal_database journal{directory / "journal.db"};
  auto change = sample_change(1, 1, 1);
  journal_batch granted;
  granted.added.push_back({change.id, change.operations, change.tasks});
  CHECK_THROWS_AS(commit(journal, granted), failure);
  CHECK_FALSE(journal.load().last_task);
}
