#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/epoch_path.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

using revisions = std::vector<revision>;

epoch plain(std::uint32_t number) { return {{number}, {number}}; }
epoch starred(std::uint32_t number) { return {{number - 1, number}, {number}}; }

/// A snap whose revisions 1, 2, 3 and so on have these epochs.
store_snap snap_with(const std::vector<epoch>& epochs) {
  store_snap snap;
  snap.name = "x";
  for (const auto& what : epochs) {
    auto info = std::make_shared<snap_info>();
    info->name = "x";
    info->epoch = what;
    store_revision stored;
    stored.rev = {static_cast<std::int32_t>(snap.revisions.size()) + 1};
    stored.info = info;
    snap.revisions.push_back(stored);
  }
  return snap;
}

void release(store_snap& snap, const std::string& channel, const std::vector<std::int32_t>& numbers) {
  store_channel released;
  released.name = channel;
  for (auto number : numbers)
    released.released.push_back({number});
  snap.channels.push_back(released);
}

epoch_trip from_epoch(const epoch& current, std::int32_t target,
                      const std::string& channel = "latest/stable") {
  epoch_trip trip;
  trip.snap = "x";
  trip.current = current;
  trip.target = {target};
  trip.channel = channel;
  return trip;
}

std::string refusal_of(const epoch_trip& trip, const store_snap& snap) {
  try {
    epoch_steps(trip, snap);
  } catch (const failure& fault) {
    return fault.what();
  }
  return "none";
}

} // namespace

TEST_CASE("an epoch is written for people as snap.yaml has it") {
  CHECK(to_string(plain(0)) == "0");
  CHECK(to_string(plain(7)) == "7");
  CHECK(to_string(starred(1)) == "1*");
  CHECK(to_string(starred(4294967295U)) == "4294967295*");
  CHECK(to_string(epoch{{1, 3}, {3}}) == "read 1,3 write 3");
  CHECK(to_string(epoch{{0, 1}, {0, 1}}) == "read 0,1 write 0,1");
  CHECK(to_string(epoch{{1}, {0}}) == "read 1 write 0");
  CHECK(to_string(epoch{{}, {}}) == "0");
  CHECK(to_string(epoch{{}, {1}}) == "read 0 write 1");
}

TEST_CASE("an epoch follows another where it reads what that one writes") {
  CHECK(can_follow(plain(0), plain(0)));
  CHECK_FALSE(can_follow(plain(1), plain(0)));
  CHECK_FALSE(can_follow(plain(0), plain(1)));
  CHECK(can_follow(starred(1), plain(0)));
  CHECK(can_follow(plain(1), starred(1)));
  CHECK_FALSE(can_follow(plain(0), starred(1)));
  CHECK(can_follow(epoch{{4, 5, 6}, {6}}, epoch{{1}, {1, 2, 5}}));
  CHECK_FALSE(can_follow(epoch{{4, 6}, {6}}, epoch{{4}, {3, 5}}));
}

TEST_CASE("an empty list of an epoch stands for 0") {
  CHECK(can_follow(epoch{{}, {}}, plain(0)));
  CHECK(can_follow(plain(0), epoch{{}, {}}));
  CHECK(can_follow(epoch{{}, {}}, epoch{{}, {}}));
  CHECK_FALSE(can_follow(epoch{{}, {}}, plain(1)));
  CHECK_FALSE(can_follow(plain(1), epoch{{}, {}}));
}

TEST_CASE("a revision that reads the current epoch is refreshed to at once") {
  auto snap = snap_with({plain(0), starred(1), plain(0)});
  release(snap, "latest/stable", {1, 2, 3});
  CHECK(epoch_steps(from_epoch(plain(0), 3), snap) == revisions{{3}});
  CHECK(epoch_steps(from_epoch(plain(0), 2), snap) == revisions{{2}});
  CHECK(epoch_steps(from_epoch(plain(0), 1, ""), snap) == revisions{{1}});
}

TEST_CASE("a refresh steps through the newest revision in the channel's history that reads the data") {
  auto snap = snap_with({plain(0), starred(1), starred(1), plain(1), plain(1)});
  release(snap, "latest/stable", {1, 3, 2, 4, 5});
  CHECK(epoch_steps(from_epoch(plain(0), 5), snap) == revisions{{3}, {5}});
}

TEST_CASE("a refresh takes several steps where it needs them, and no more") {
  auto snap = snap_with({starred(1), plain(1), starred(2), plain(2)});
  release(snap, "latest/stable", {1, 2, 3, 4});
  CHECK(epoch_steps(from_epoch(plain(0), 4), snap) == revisions{{1}, {3}, {4}});
  CHECK(epoch_steps(from_epoch(plain(1), 4), snap) == revisions{{3}, {4}});

  auto leap = snap_with({starred(1), starred(2), {{0, 1, 2, 3}, {3}}, starred(3), plain(3)});
  release(leap, "latest/stable", {1, 2, 3, 4, 5});
  CHECK(epoch_steps(from_epoch(plain(0), 5), leap) == revisions{{3}, {5}});
}

TEST_CASE("a target may be older than what is stepped through") {
  auto snap = snap_with({plain(0), {{0, 1}, {0}}, plain(1)});
  release(snap, "latest/stable", {2, 3, 1});
  CHECK(epoch_steps(from_epoch(plain(1), 1), snap) == revisions{{2}, {1}});
}

TEST_CASE("what was released to a closed channel or to one that the channel falls back to serves too") {
  auto snap = snap_with({starred(1), starred(1), starred(1), plain(1)});
  SECTION("its own history comes first") {
    release(snap, "latest/candidate", {1, 4});
    release(snap, "latest/stable", {3});
    snap.channels.front().is_closed = true;
    CHECK(epoch_steps(from_epoch(plain(0), 4, "latest/candidate"), snap) == revisions{{1}, {4}});
  }
  SECTION("the less risky channels of the track come next") {
    release(snap, "latest/candidate", {4});
    release(snap, "latest/edge", {3});
    release(snap, "latest/stable", {1});
    release(snap, "other/stable", {2});
    CHECK(epoch_steps(from_epoch(plain(0), 4, "latest/candidate"), snap) == revisions{{1}, {4}});
  }
  SECTION("a branch falls back to its own risk") {
    release(snap, "latest/edge", {2});
    release(snap, "latest/edge/fix", {4});
    release(snap, "latest/edge/other", {3});
    CHECK(epoch_steps(from_epoch(plain(0), 4, "latest/edge/fix"), snap) == revisions{{2}, {4}});
  }
}

TEST_CASE("who leaves a riskier channel may step through what was released there") {
  auto snap = snap_with({starred(1), plain(1)});
  release(snap, "latest/beta", {1});
  release(snap, "latest/candidate", {2});
  auto trip = from_epoch(plain(0), 2, "latest/candidate");
  CHECK_THROWS_AS(epoch_steps(trip, snap), failure);
  trip.followed = "latest/beta";
  CHECK(epoch_steps(trip, snap) == revisions{{1}, {2}});
}

TEST_CASE("a revision that isn't usable here is no step, but may be the target") {
  auto snap = snap_with({starred(1), starred(1), plain(1)});
  release(snap, "latest/stable", {1, 2, 3});
  auto trip = from_epoch(plain(0), 3);
  trip.is_usable = [](const store_revision& candidate) { return candidate.rev.number == 1; };
  CHECK(epoch_steps(trip, snap) == revisions{{1}, {3}});
  trip.is_usable = [](const store_revision&) { return false; };
  CHECK_THROWS_AS(epoch_steps(trip, snap), failure);
}

TEST_CASE("where no path leads, the failure says from which epoch to which") {
  auto snap = snap_with({plain(0), starred(2), plain(3)});
  release(snap, "latest/stable", {1, 2, 3});
  CHECK(refusal_of(from_epoch(plain(0), 3), snap) ==
        "cannot refresh \"x\" to revision 3: it reads epoch 3, the data was written in epoch 0, and no "
        "released revision leads from one to the other");
  CHECK_THAT(refusal_of(from_epoch({{1}, {0, 1}}, 3), snap), Contains("written in epochs 0,1"));
  CHECK_THAT(refusal_of(from_epoch(plain(0), 2), snap), Contains("it reads epochs 1,2"));
}

TEST_CASE("revisions that lead only to each other make no endless path") {
  auto snap = snap_with({{{0, 1}, {0, 1}}, starred(1), {{0, 1}, {0}}, plain(5)});
  release(snap, "latest/stable", {1, 2, 3, 4});
  CHECK_THROWS_AS(epoch_steps(from_epoch(plain(0), 4), snap), failure);
}

TEST_CASE("a target that the store doesn't have is refused as such") {
  auto snap = snap_with({plain(0)});
  try {
    epoch_steps(from_epoch(plain(0), 9), snap);
    FAIL("it was planned");
  } catch (const failure& fault) {
    CHECK(fault.kind() == failure_kind::revision_not_available);
    CHECK(fault.what() ==
          std::string{"cannot refresh \"x\" to revision 9: the store has no such revision"});
  }
}

TEST_CASE("a history that names revisions the store hasn't got is searched for the others") {
  auto snap = snap_with({starred(1), plain(1)});
  release(snap, "latest/stable", {7, 1, -1, 2});
  CHECK(epoch_steps(from_epoch(plain(0), 2), snap) == revisions{{1}, {2}});
}

TEST_CASE("a refresh goes through no more revisions than its limit") {
  std::vector<epoch> epochs;
  std::vector<std::int32_t> all;
  for (std::uint32_t number = 1; number <= limits::epoch_steps + 1; ++number) {
    epochs.push_back(starred(number));
    all.push_back(static_cast<std::int32_t>(number));
  }
  auto snap = snap_with(epochs);
  release(snap, "latest/stable", all);
  auto last = static_cast<std::int32_t>(limits::epoch_steps);
  CHECK(epoch_steps(from_epoch(plain(0), last), snap).size() == limits::epoch_steps);
  CHECK_THAT(
      refusal_of(from_epoch(plain(0), last + 1), snap),
      Contains("takes 65 revisions, more than the 64 of one refresh; refresh to an older revision"));
}

TEST_CASE("a path among tens of thousands of revisions is found") {
  std::vector<epoch> epochs;
  std::vector<std::int32_t> all;
  for (std::int32_t number = 1; number <= 20'000; ++number) {
    epochs.push_back(starred(static_cast<std::uint32_t>(number) / 1000 + 1));
    all.push_back(number);
  }
  auto snap = snap_with(epochs);
  release(snap, "latest/stable", all);
  auto steps = epoch_steps(from_epoch(plain(0), 20'000), snap);
  REQUIRE(steps.size() == 21);
  CHECK(steps.front() == revision{999});
  CHECK(steps.back() == revision{20'000});
}
