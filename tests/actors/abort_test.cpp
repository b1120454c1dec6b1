#include <catch2/catch.hpp>

#include <random>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// The files follow the state: linked where the snap is active, mounted where it is installed.
void check_files_follow_state(stage& all, const sim::world& world) {
  auto snaps = all.snaps();
  if (snaps.empty()) {
    CHECK(sim::snap_files(world).empty());
    return;
  }
  CHECK(world.mounted.contains("/root/snap/hello/x1"));
  CHECK(world.entries.contains("/root/var/lib/snapd/snaps/hello_x1.snap"));
  CHECK(world.entries.contains("/root/snap/hello/current") == snaps[0]->active);
}

/// Runs `last` after `before`, and aborts it after n messages, for every n until it ends by itself.
void abort_after_every_message(const std::vector<std::string>& before, const std::string& last) {
  for (std::size_t n = 1;; ++n) {
    scratch dir;
    sim::world world;
    stage all{dir.path() / "journal.db", world};
    auto request = [&](const std::string& verb) {
      return verb == "install" ? install(world, "hello", {"install", "configure", "remove"})
                               : operate(verb, "hello");
    };
    for (const auto& verb : before)
      all.start(request(verb));
    change_id id{before.size() + 1};
    all.send(start_operation{request(last)});
    std::size_t messages = 0;
    all.run([&] { return ++messages == n; });
    if (messages < n)
      return;
    all.send(abort_change_by_id{id, {}});
    all.run();
    INFO(last << " aborted after " << n << " messages");
    CHECK(all.change(id)->ready);
    check_files_follow_state(all, world);
    // Whatever became of it, the snap can be acted on again.
    if (!all.snaps().empty())
      CHECK(all.change(all.start(operate("remove", "hello")))->status == task_status::done);
    CHECK(sim::snap_files(world).empty());
  }
}

} // namespace

TEST_CASE("an install that is aborted at any moment leaves a whole snap or none") {
  abort_after_every_message({}, "install");
}

TEST_CASE("an enable that is aborted at any moment leaves the snap enabled or disabled") {
  abort_after_every_message({"install", "disable"}, "enable");
}

TEST_CASE("a disable that is aborted at any moment leaves the snap enabled or disabled") {
  abort_after_every_message({"install"}, "disable");
}

TEST_CASE("a remove that is aborted at any moment leaves a snap that can be removed") {
  abort_after_every_message({"install"}, "remove");
}

TEST_CASE("data that was there before a failed install is there after it") {
  scratch dir;
  sim::world world;
  world.entries.insert("/root/var/snap/hello/common/keep");
  world.entries.insert("/root/var/snap/hello/common");
  stage all{dir.path() / "journal.db", world};
  world.hook_exit_status["hello/configure"] = 1;
  all.start(install(world, "hello", {"configure"}));
  CHECK(world.entries.contains("/root/var/snap/hello/common/keep"));
  CHECK_FALSE(world.entries.contains("/root/var/snap/hello/x1"));
}

TEST_CASE("an install that is aborted between any two steps of any actor is undone exactly") {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    std::mt19937_64 random{seed};
    sim::world world;
    stage all{journal_database::in_memory(), world};
    all.send(start_operation{install(world, "hello", {"install", "configure"})});
    all.run_drawn(random() % 120, random);
    all.send(abort_change_by_id{{1}, {}});
    all.run_drawn(10'000, random);
    INFO("seed " << seed);
    auto view = all.change({1});
    CHECK(view->ready);
    CHECK((view->status == task_status::done || view->status == task_status::undone ||
           view->status == task_status::hold));
    check_files_follow_state(all, world);
    for (const auto& task : view->record.tasks)
      CHECK(task.log.empty());
  }
}
