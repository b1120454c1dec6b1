#include <catch2/catch.hpp>

#include "runtime/rules/aliases.hpp"
#include "tests/sim/stage.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

using links = std::map<std::string, std::string>;

/// An install of a snap with the application app, for which a store declares these aliases.
operation_request install_aliased(sim::world& on, const std::string& name, const alias_map& aliases,
                                  bool unaliased = false) {
  auto all = install(on, name);
  auto& wanted = all.snaps.front();
  auto info = std::make_shared<snap_info>(*wanted.info);
  info->apps.emplace_back().name = "app";
  const auto file = name + "-1";
  on.published[file] = info;
  wanted.info = nullptr;
  wanted.image.clear();
  wanted.channel = "latest/stable";
  wanted.steps = {{revision{1}, info, {"sim", file, 10, "ab"}, {}}};
  wanted.origin = {name, {}, aliases};
  wanted.unaliased = unaliased;
  return all;
}

operation_request give_alias(const std::string& name, const std::string& alias) {
  auto all = operate("alias", name);
  all.snaps.front().app = "app";
  all.snaps.front().alias = alias;
  return all;
}

change_view_ptr run(stage& all, const operation_request& wanted) {
  auto id = all.start(wanted);
  all.run();
  return all.change(id);
}

links alias_links(const sim::world& on) {
  links found;
  for (const auto& [link, target] : on.links)
    if (link.starts_with("/root/snap/bin/") && target.find('/') == target.npos)
      found.emplace(link.substr(15), target);
  return found;
}

links enabled_on(stage& all) {
  links found;
  for (const auto& state : all.snaps())
    for (const auto& [alias, app] : enabled_aliases(*state))
      found.emplace(alias, command_of(state->name, app));
  return found;
}

} // namespace

TEST_CASE("two snaps that come at the same time can't have one alias") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  standstill nobody_gets_in{all};
  all.start(install_aliased(world, "a", {{"x", "app"}}));
  try {
    all.start(install_aliased(world, "b", {{"x", "app"}}));
    FAIL("it was taken");
  } catch (const failure& why) {
    CHECK(why.kind() == failure_kind::change_conflict);
    CHECK_THAT(why.what(), Contains("cannot enable alias \"x\" for \"b\": \"a\", which has it"));
  }
  CHECK_THROWS_WITH(all.start(install_aliased(world, "x", {})), Contains("alias \"x\" of snap \"a\""));
}

TEST_CASE("an undone install leaves no alias") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  auto wanted = install_aliased(world, "a", {{"x", "app"}});
  auto info = std::make_shared<snap_info>(*wanted.snaps.front().steps.front().info);
  info->hooks.push_back({"configure", {}, {}, {}, {}});
  wanted.snaps.front().steps.front().info = world.published["a-1"] = info;
  world.hook_exit_status["a/configure"] = 1;
  CHECK(run(all, wanted)->status == task_status::error);
  CHECK(alias_links(world).empty());
  CHECK(all.snaps().empty());
}

TEST_CASE("a preference that fails half way gives everybody the aliases back") {
  scratch dir;
  sim::world world;
  stage all{dir.path() / "journal.db", world};
  run(all, install_aliased(world, "a", {{"x", "app"}, {"y", "app"}}));
  run(all, install_aliased(world, "b", {{"x", "app"}, {"z", "app"}}, true));
  const auto before = alias_links(world);
  CHECK(before == links{{"x", "a.app"}, {"y", "a.app"}});
  world.entries.insert("/root/snap/bin/z");
  auto failed = run(all, operate("prefer", "b"));
  CHECK(failed->status == task_status::error);
  CHECK_THAT(failed->record.error, Contains("/root/snap/bin/z\" is there already"));
  CHECK(alias_links(world) == before);
  CHECK(enabled_on(all) == before);
  world.entries.erase("/root/snap/bin/z");
  CHECK(run(all, operate("prefer", "b"))->status == task_status::done);
  CHECK(alias_links(world) == links{{"x", "b.app"}, {"z", "b.app"}});
  CHECK(enabled_on(all) == alias_links(world));
}

TEST_CASE("a change of aliases that is cut short anywhere is carried through after the restart") {
  scratch dir;
  sim::world world;
  auto journal = dir.path() / "journal.db";
  std::vector<sim::world> worlds;
  auto freeze = [&] {
    auto into = dir.path() / std::to_string(worlds.size());
    fs::create_directories(into);
    for (const auto* suffix : {"", "-wal"})
      if (fs::exists(journal.string() + suffix))
        fs::copy_file(journal.string() + suffix, into / ("journal.db" + std::string{suffix}));
    worlds.push_back(world);
    return false;
  };
  {
    stage all{journal, world};
    run(all, install_aliased(world, "a", {{"x", "app"}}));
    run(all, install_aliased(world, "b", {{"x", "app"}}, true));
    for (const auto& wanted : {give_alias("a", "m"), operate("prefer", "b")}) {
      all.send(start_operation{wanted});
      all.run(freeze);
    }
  }
  REQUIRE(worlds.size() > 10);
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    stage all{dir.path() / std::to_string(i) / "journal.db", worlds[i]};
    all.run();
    CAPTURE(i);
    for (const auto& change : all.ask<change_list>(all.actors().director(), list_changes{"all", {}}))
      CHECK(change->status == task_status::done);
    CHECK(alias_links(worlds[i]) == enabled_on(all));
  }
  CHECK(alias_links(worlds.back()) == links{{"m", "a.app"}, {"x", "b.app"}});
}
