#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "messages/failure.hpp"
#include "runtime/rules/epoch_path.hpp"

using namespace troupe;

namespace {

using revisions = std::vector<revision>;

constexpr std::int32_t most_revisions = 7;
const std::vector<std::string> track{"latest/edge", "latest/beta", "latest/candidate", "latest/stable"};
const std::vector<std::string> channels{"latest/edge/fix",  "latest/edge",   "latest/beta",
                                        "latest/candidate", "latest/stable", "other/stable"};

/// Mostly numbers with a star, of which paths are made; some lists, an empty one among them.
epoch drawn_epoch() {
  auto list = [] {
    std::set<std::uint32_t> drawn;
    for (auto count = *rc::gen::inRange(0, 3); count > 0; --count)
      drawn.insert(*rc::gen::inRange<std::uint32_t>(0, 5));
    return std::vector<std::uint32_t>{drawn.begin(), drawn.end()};
  };
  auto number = *rc::gen::inRange<std::uint32_t>(1, 5);
  switch (*rc::gen::inRange(0, 5)) {
  case 0:
    return {{number}, {number}};
  case 1:
    return {list(), list()};
  default:
    return {{number - 1, number}, {number}};
  }
}

store_snap drawn_snap() {
  store_snap snap;
  auto count = *rc::gen::inRange<std::int32_t>(3, most_revisions + 1);
  for (std::int32_t number = 1; number <= count; ++number) {
    auto info = std::make_shared<snap_info>();
    info->epoch = drawn_epoch();
    store_revision stored;
    stored.rev = {number};
    stored.info = info;
    snap.revisions.push_back(stored);
  }
  for (const auto& name : channels) {
    store_channel channel;
    channel.name = name;
    channel.is_closed = *rc::gen::arbitrary<bool>();
    for (auto number = count; number > 0; --number)
      if (*rc::gen::inRange(0, 3) > 0)
        channel.released.push_back({number});
    if (*rc::gen::arbitrary<bool>())
      snap.channels.push_back(channel);
  }
  return snap;
}

/// From each of some epochs to each revision.
std::vector<epoch_trip> drawn_trips(const store_snap& snap) {
  epoch_trip trip;
  trip.snap = "x";
  trip.channel = *rc::gen::elementOf(channels);
  trip.followed = *rc::gen::element(std::string{}, channels[0], channels[2], channels[5]);
  auto unusable = *rc::gen::inRange(0, most_revisions * 2);
  trip.is_usable = [=](const store_revision& candidate) { return candidate.rev.number != unusable; };
  std::vector<epoch_trip> trips;
  for (std::uint32_t number = 0; number < 5; ++number)
    for (const auto& target : snap.revisions) {
      trip.current = {{number}, {number}};
      trip.target = target.rev;
      trips.push_back(trip);
    }
  return trips;
}

/// The planner by its words: every sequence of different revisions is tried, shorter ones first, and of
/// one length those with newer revisions first.
class slow_model {
public:
  slow_model(const epoch_trip& trip, const store_snap& snap) : trip_{trip}, snap_{snap} {}

  std::optional<revisions> answer() {
    auto own = lineage(trip_.channel);
    auto left = lineage(trip_.followed);
    for (auto wider : {std::vector<std::string>{own.front()}, own, left}) {
      for (const auto& name : wider)
        if (const auto* channel = snap_.find_channel(name))
          for (auto released : channel->released)
            open_.insert(released);
      for (std::size_t length = 1; length <= snap_.revisions.size(); ++length)
        if (revisions path; extend(path, trip_.current, length))
          return path;
    }
    return std::nullopt;
  }

private:
  static std::vector<std::string> lineage(const std::string& channel) {
    std::vector<std::string> result{channel};
    if (channel == "latest/edge/fix")
      result = {channel, "latest/edge"};
    auto at = std::ranges::find(track, result.back());
    if (at != track.end())
      result.insert(result.end(), at + 1, track.end());
    return result;
  }

  static bool reads(const epoch& next, const epoch& current) {
    auto set = [](const std::vector<std::uint32_t>& list) {
      return list.empty() ? std::set<std::uint32_t>{0}
                          : std::set<std::uint32_t>{list.begin(), list.end()};
    };
    std::vector<std::uint32_t> common;
    auto read = set(next.read);
    auto written = set(current.write);
    std::ranges::set_intersection(read, written, std::back_inserter(common));
    return !common.empty();
  }

  bool extend(revisions& path, const epoch& current, std::size_t length) {
    if (length == 1) {
      path.push_back(trip_.target);
      return reads(snap_.find(trip_.target)->info->epoch, current) || (path.pop_back(), false);
    }
    for (auto next = open_.rbegin(); next != open_.rend(); ++next) {
      const auto* candidate = snap_.find(*next);
      if (*next == trip_.target || std::ranges::find(path, *next) != path.end() ||
          !trip_.is_usable(*candidate) || !reads(candidate->info->epoch, current))
        continue;
      path.push_back(*next);
      if (extend(path, candidate->info->epoch, length - 1))
        return true;
      path.pop_back();
    }
    return false;
  }

  const epoch_trip& trip_;
  const store_snap& snap_;
  std::set<revision> open_;
};

std::optional<revisions> planned(const epoch_trip& trip, const store_snap& snap) {
  try {
    return epoch_steps(trip, snap);
  } catch (const failure&) {
    return std::nullopt;
  }
}

} // namespace

TEST_CASE("the steps through epochs are those of an exhaustive search") {
  CHECK(rc::check([] {
    auto snap = drawn_snap();
    std::size_t most_steps = 0;
    for (const auto& trip : drawn_trips(snap)) {
      auto steps = planned(trip, snap);
      RC_ASSERT(steps == slow_model(trip, snap).answer());
      most_steps = std::max(most_steps, steps ? steps->size() : 0);
    }
    RC_CLASSIFY(most_steps == 2, "two steps");
    RC_CLASSIFY(most_steps > 2, "more steps");
  }));
}

TEST_CASE("each step through epochs reads what the one before it wrote, and none comes twice") {
  CHECK(rc::check([] {
    auto snap = drawn_snap();
    for (const auto& trip : drawn_trips(snap)) {
      auto steps = planned(trip, snap);
      if (!steps)
        continue;
      auto current = trip.current;
      for (auto step : *steps) {
        RC_ASSERT(can_follow(snap.find(step)->info->epoch, current));
        current = snap.find(step)->info->epoch;
      }
      RC_ASSERT(steps->back() == trip.target);
      RC_ASSERT(std::set(steps->begin(), steps->end()).size() == steps->size());
    }
  }));
}
