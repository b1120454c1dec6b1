#include "runtime/rules/epoch_path.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"

namespace troupe {

namespace {

using numbers = std::vector<std::uint32_t>;

const numbers& filled(const numbers& list) {
  static const numbers zero{0};
  return list.empty() ? zero : list;
}

std::string joined(const numbers& list) {
  std::string text;
  for (auto number : filled(list))
    text += (text.empty() ? "" : ",") + std::to_string(number);
  return text;
}

std::string named(const numbers& list) {
  return (list.size() > 1 ? "epochs " : "epoch ") + joined(list);
}

failure refuse(const epoch_trip& trip, const std::string& why,
               failure_kind kind = failure_kind::bad_request) {
  return {kind,
          "cannot refresh \"" + trip.snap + "\" to revision " + to_string(trip.target) + ": " + why};
}

/// The channel, and those that it falls back to one after the other while they are closed.
std::vector<std::string> with_fallbacks(const std::string& channel) {
  constexpr std::array<std::string_view, 4> risks{"edge", "beta", "candidate", "stable"};
  std::vector<std::string> result{channel};
  auto after_track = channel.find('/');
  if (after_track == channel.npos)
    return result;
  auto track = channel.substr(0, after_track);
  auto after_risk = channel.find('/', after_track + 1);
  auto risk = channel.substr(after_track + 1, after_risk - after_track - 1);
  auto at = std::ranges::find(risks, risk);
  if (at == risks.end())
    return result;
  for (auto less = after_risk == channel.npos ? std::next(at) : at; less != risks.end(); ++less)
    result.push_back(track + "/" + std::string{*less});
  return result;
}

/// The channels in the order in which their histories are added to what may be stepped through.
std::vector<std::vector<std::string>> widening_sets(const epoch_trip& trip) {
  auto fallbacks = with_fallbacks(trip.channel);
  return {{trip.channel}, {fallbacks.begin() + 1, fallbacks.end()}, with_fallbacks(trip.followed)};
}

/// The revisions that may be stepped through, and how far it is from each to the target.
class epoch_map {
public:
  epoch_map(const epoch_trip& trip, const store_snap& from, const store_revision& target)
      : trip_{trip}, from_{from}, target_{target} {}

  /// Adds what was released to a channel; false if that is nothing new.
  bool add_history(const std::string& channel) {
    const auto* found = from_.find_channel(channel);
    if (!found)
      return false;
    auto before = open_.size();
    std::set<revision> released{found->released.begin(), found->released.end()};
    for (const auto& candidate : from_.revisions)
      if (released.contains(candidate.rev) && candidate.rev != target_.rev && candidate.info &&
          (!trip_.is_usable || trip_.is_usable(candidate)))
        open_.emplace(candidate.rev, &candidate.info->epoch);
    return open_.size() > before;
  }

  /// The length of a shortest path, its target counted; 0 if there is none.
  std::size_t length() {
    measure();
    return steps_from(trip_.current);
  }

  /// The shortest path with the newest revisions, where length() found one.
  std::vector<revision> path() const {
    std::vector<revision> result;
    const auto* current = &trip_.current;
    for (auto left = steps_from(*current); left > 1; --left) {
      // A revision that far from the target can be reached, or this one's distance were another.
      auto next = std::find_if(open_.rbegin(), open_.rend(), [&](const auto& candidate) {
        return steps_from(*candidate.second) == left - 1 && can_follow(*candidate.second, *current);
      });
      result.push_back(next->first);
      current = next->second;
    }
    result.push_back(target_.rev);
    return result;
  }

private:
  /// Goes backwards from the target: counts the steps to it from data written in an epoch's number.
  void measure() {
    std::multimap<std::uint32_t, const epoch*> writers;
    for (const auto& [rev, what] : open_)
      for (auto number : filled(what->write))
        writers.emplace(number, what);
    steps_.clear();
    std::deque<std::uint32_t> reached;
    auto reach = [&](const epoch& reader, std::size_t steps) {
      for (auto number : filled(reader.read))
        if (steps_.emplace(number, steps).second)
          reached.push_back(number);
    };
    for (reach(target_.info->epoch, 1); !reached.empty(); reached.pop_front()) {
      auto [first, last] = writers.equal_range(reached.front());
      for (auto writer = first; writer != last; ++writer)
        reach(*writer->second, steps_.at(reached.front()) + 1);
    }
  }

  /// Steps from data written in this epoch to the target; 0 if no path leads there.
  std::size_t steps_from(const epoch& current) const {
    std::size_t least = 0;
    for (auto number : filled(current.write))
      if (auto found = steps_.find(number); found != steps_.end() && (!least || found->second < least))
        least = found->second;
    return least;
  }

  const epoch_trip& trip_;
  const store_snap& from_;
  const store_revision& target_;
  std::map<revision, const epoch*> open_;
  std::map<std::uint32_t, std::size_t> steps_; ///< To the target, by the number that data is written in.
};

} // namespace

std::string to_string(const epoch& what) {
  const auto& read = filled(what.read);
  const auto& write = filled(what.write);
  if (read == write && write.size() == 1)
    return std::to_string(write.front());
  if (write.size() == 1 && write.front() > 0 && read == numbers{write.front() - 1, write.front()})
    return std::to_string(write.front()) + "*";
  return "read " + joined(read) + " write " + joined(write);
}

bool can_follow(const epoch& next, const epoch& current) {
  const auto& written = filled(current.write);
  return std::ranges::any_of(filled(next.read), [&](std::uint32_t number) {
    return std::ranges::find(written, number) != written.end();
  });
}

std::string cannot_follow(const epoch& next, const epoch& current) {
  return "it reads " + named(next.read) + ", the data was written in " + named(current.write);
}

std::vector<revision> epoch_steps(const epoch_trip& trip, const store_snap& from) {
  const auto* target = from.find(trip.target);
  if (!target || !target->info)
    throw refuse(trip, "the store has no such revision", failure_kind::revision_not_available);
  if (can_follow(target->info->epoch, trip.current))
    return {trip.target};
  epoch_map map{trip, from, *target};
  std::size_t shortest = 0;
  for (const auto& channels : widening_sets(trip)) {
    auto has_more = false;
    for (const auto& channel : channels)
      has_more = map.add_history(channel) || has_more;
    if (!has_more)
      continue;
    shortest = map.length();
    if (shortest > 0 && shortest <= limits::epoch_steps)
      return map.path();
  }
  auto why = cannot_follow(target->info->epoch, trip.current);
  if (shortest > 0)
    throw refuse(trip, why + ", and the way there takes " + std::to_string(shortest) +
                           " revisions, more than the " + std::to_string(limits::epoch_steps) +
                           " of one refresh; refresh to an older revision first");
  throw refuse(trip, why + ", and no released revision leads from one to the other");
}

} // namespace troupe
