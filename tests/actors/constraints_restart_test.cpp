#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// An install of a snap with an install hook, and with a plug or a slot of the same interface.
operation_request install_with(sim::world& world, const std::string& name, bool has_slot) {
  auto wanted = install(world, name, {"install"});
  auto info = std::make_shared<snap_info>(*wanted.snaps.front().info);
  (has_slot ? info->slots : info->plugs).push_back({"data", "content", {}, "{}"});
  wanted.snaps.front().info = info;
  return wanted;
}

bool is_linked(const sim::world& world, const std::string& name) {
  return world.entries.contains("/root/snap/" + name + "/current");
}

bool has_run_hook(const sim::world& world, const std::string& name) {
  return std::ranges::find(world.hooks_run, name + "/install") != world.hooks_run.end();
}

/// Both are linked, and the hook of neither has run: both lanes are in progress.
bool are_in_progress_together(const sim::world& world) {
  return is_linked(world, "user") && is_linked(world, "provider") && !has_run_hook(world, "user") &&
         !has_run_hook(world, "provider");
}

} // namespace

TEST_CASE("a lane that was in progress when the daemon stopped is so again before any other") {
  std::size_t stops_in_progress = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    sim::world world;
    auto journal = journal_database::in_memory();
    {
      stage all{journal, world};
      all.send(start_operation{install_with(world, "provider", true)});
      all.send(start_operation{install_with(world, "user", false)});
      all.run_drawn(60 + random() % 300, random);
      CHECK_FALSE(are_in_progress_together(world));
    }
    stops_in_progress += is_linked(world, "provider") != is_linked(world, "user");
    stage all{journal, world};
    for (std::size_t messages = 1; messages > 0;) {
      messages = 0;
      all.run([&] { return ++messages == 1; });
      if (are_in_progress_together(world)) {
        FAIL_CHECK("both lanes are in progress");
        break;
      }
    }
    for (const auto& change : all.ask<change_list>(all.actors().director(), list_changes{"all", {}}))
      CHECK(change->status == task_status::done);
  }
  CHECK(stops_in_progress > 20);
}
