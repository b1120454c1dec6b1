#include <catch2/catch.hpp>

#include <memory>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/snap_update.hpp"

using namespace troupe;

namespace {

installed_revision installed(std::int32_t number, const std::string& version = "1.0") {
  auto info = std::make_shared<snap_info>();
  info->name = "hello";
  info->version = version;
  return {revision{number}, info, {}};
}

snap_state linked(std::int32_t number) {
  snap_state state;
  state.name = "hello";
  return apply(state, link_revision{installed(number), "stable", {.devmode = true}});
}

void check_same(const snap_state& a, const snap_state& b) {
  CHECK(a.name == b.name);
  CHECK(a.current == b.current);
  CHECK(a.active == b.active);
  CHECK(a.channel == b.channel);
  CHECK(a.flags == b.flags);
  CHECK(a.config == b.config);
  REQUIRE(a.revisions.size() == b.revisions.size());
  for (std::size_t i = 0; i < a.revisions.size(); ++i)
    CHECK(a.revisions[i].rev == b.revisions[i].rev);
}

} // namespace

TEST_CASE("linking a revision adds it and makes it current and active") {
  const auto state = linked(-1);
  CHECK(state.version == 1);
  CHECK(state.current == revision{-1});
  CHECK(state.active);
  CHECK(state.channel == "stable");
  CHECK(state.flags.devmode);
  CHECK(state.info()->version == "1.0");
}

TEST_CASE("linking a revision that is there replaces it in its place") {
  auto state = apply(linked(1), link_revision{installed(2), "edge", {}});
  state = apply(state, link_revision{installed(1, "1.1"), "stable", {}});
  CHECK(state.version == 3);
  REQUIRE(state.revisions.size() == 2);
  CHECK(state.revisions[0].rev == revision{1});
  CHECK(state.info()->version == "1.1");
  CHECK_FALSE(state.flags.devmode);
}

TEST_CASE("a configuration is kept with the revision that is left, and comes back when asked for") {
  auto state = apply(linked(1), set_config{R"({"a":1})"});
  state = apply(state, link_revision{installed(2), "stable", {}});
  CHECK(state.config == R"({"a":1})");
  state = apply(state, set_config{R"({"a":2})"});
  SECTION("by a revert") {
    state = apply(state, link_revision{*state.find(revision{1}), "stable", {}, {}, true});
    CHECK(state.config == R"({"a":1})");
    CHECK(state.find(revision{2})->config == R"({"a":2})");
  }
  SECTION("not by a refresh") {
    state = apply(state, link_revision{installed(3), "stable", {}});
    CHECK(state.config == R"({"a":2})");
  }
}

TEST_CASE("a bad revision is remembered once, with its last reason") {
  auto state = apply(linked(1), remember_bad{{revision{2}, "first", {}}});
  state = apply(state, remember_bad{{revision{3}, "other", {}}});
  state = apply(state, remember_bad{{revision{2}, "second", {}}});
  REQUIRE(state.bad.size() == 2);
  CHECK(state.bad.back().rev == revision{2});
  CHECK(state.bad.back().reason == "second");
  for (int i = 0; i < 100; ++i)
    state = apply(state, remember_bad{{revision{10 + i}, "more", {}}});
  CHECK(state.bad.size() == limits::bad_revisions_kept);
  CHECK(state.bad.back().rev == revision{109});
}

TEST_CASE("another channel is followed without touching the revision") {
  auto state = apply(linked(1), track_channel{"latest/edge"});
  CHECK(state.channel == "latest/edge");
  CHECK(state.current == revision{1});
  CHECK(state.active);
}

TEST_CASE("unlinking leaves the current revision known, also the second time") {
  auto state = apply(linked(1), unlink_current{});
  CHECK_FALSE(state.active);
  CHECK(state.current == revision{1});
  state = apply(state, unlink_current{});
  CHECK_FALSE(state.active);
  CHECK(state.version == 3);
}

TEST_CASE("forgetting a revision that isn't current keeps the current one") {
  auto state = apply(linked(1), link_revision{installed(2), "edge", {}});
  state = apply(state, forget_revision{revision{1}});
  CHECK(state.current == revision{2});
  CHECK(state.active);
  CHECK(state.revisions.size() == 1);
}

TEST_CASE("forgetting the current revision leaves none current") {
  auto state = apply(linked(1), link_revision{installed(2), "edge", {}});
  state = apply(state, unlink_current{});
  state = apply(state, forget_revision{revision{2}});
  CHECK_FALSE(state.current);
  CHECK(state.is_installed());
  CHECK(state.info() == nullptr);
}

TEST_CASE("a snap whose last revision is forgotten leaves nothing behind") {
  auto state = apply(linked(1), set_config{R"({"a":1})"});
  state = apply(state, unlink_current{});
  state = apply(state, forget_revision{revision{1}});
  snap_state empty;
  empty.name = "hello";
  check_same(state, empty);
  CHECK(state.version == 4);
}

TEST_CASE("restoring undoes a refresh") {
  const auto before = apply(linked(1), set_config{R"({"a":1})"});
  auto state = apply(before, unlink_current{});
  state = apply(state, link_revision{installed(2), "edge", {}});
  state = apply(state, set_config{R"({"a":2})"});
  state = apply(state, restore_link{before.current, before.active, before.channel, before.flags,
                                    before.config, revision{2}});
  check_same(state, before);
  CHECK(state.version == 6);
}

TEST_CASE("restoring undoes a first install") {
  const auto state = apply(linked(1), restore_link{{}, false, "", {}, "{}", revision{1}});
  snap_state empty;
  empty.name = "hello";
  check_same(state, empty);
}

TEST_CASE("restoring undoes an unlink without forgetting anything") {
  const auto before = linked(1);
  const auto state = apply(apply(before, unlink_current{}),
                           restore_link{revision{1}, true, "stable", before.flags, "{}", {}});
  check_same(state, before);
}

TEST_CASE("an update that contradicts the state is refused with the reason") {
  const auto state = linked(-1);
  CHECK_THROWS_WITH(apply(state, forget_revision{revision{7}}),
                    "cannot forget revision 7 of \"hello\": it isn't installed");
  CHECK_THROWS_WITH(apply(state, forget_revision{revision{-1}}),
                    "cannot forget revision x1 of \"hello\": it is active");
  CHECK_THROWS_WITH(apply(state, link_revision{installed(0), "", {}}),
                    "cannot link \"hello\": no revision is named");
  CHECK_THROWS_WITH(apply(state, link_revision{{revision{2}, nullptr, {}}, "", {}}),
                    "cannot link revision 2 of \"hello\": its metadata is missing");
  CHECK_THROWS_WITH(apply(state, restore_link{revision{3}, true, "", {}, "{}", {}}),
                    "cannot go back to revision 3 of \"hello\": it isn't installed");
  CHECK_THROWS_WITH(apply(state, restore_link{revision{-1}, true, "", {}, "{}", revision{-1}}),
                    "cannot go back to revision x1 of \"hello\": it is to be forgotten");
  CHECK_THROWS_WITH(apply(state, restore_link{{}, true, "", {}, "{}", {}}),
                    "cannot activate \"hello\": no revision is named");
  snap_state none;
  none.name = "hello";
  CHECK_THROWS_WITH(apply(none, set_config{"{}"}), "cannot configure \"hello\": it isn't installed");
}

TEST_CASE("what a snap says of itself stays until it says otherwise or its revision is forgotten") {
  const snap_health said{{health_status::blocked, "plug it in", "no-printer"}, revision{1}, {}};
  auto state = apply(linked(1), set_health{said});
  CHECK(state.health == said);
  state = apply(state, link_revision{installed(2), "stable", {}});
  CHECK(state.health == said);
  CHECK_FALSE(apply(state, set_health{}).health);
  CHECK_FALSE(apply(state, forget_revision{revision{1}}).health);
  state = apply(state, set_health{snap_health{{}, revision{2}, {}}});
  CHECK(apply(state, forget_revision{revision{1}}).health == snap_health{{}, revision{2}, {}});
  CHECK_THROWS_AS(apply(snap_state{}, set_health{said}), failure);
}
