#include "runtime/rules/store_choice.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/rules/channel.hpp"

namespace troupe {

namespace {

/// The newest release of an open channel that runs here; null where there is none.
const store_revision* offered(const store_snap& snap, const store_channel& from,
                              const std::string& architecture) {
  if (from.is_closed)
    return nullptr;
  for (auto rev = from.released.rbegin(); rev != from.released.rend(); ++rev)
    if (const auto* found = snap.find(*rev); found && fits_architecture(*found->info, architecture))
      return found;
  return nullptr;
}

std::string why_passed_over(const store_channel* from, const std::string& architecture) {
  if (!from || (from->released.empty() && !from->is_closed))
    return "has had no release";
  return from->is_closed ? "is closed" : "has nothing for " + architecture;
}

/// Where the snap can be had instead, once each.
std::set<std::pair<std::string, std::string>> releases_of(const store_snap& snap,
                                                          const store_wish& wish) {
  std::set<std::pair<std::string, std::string>> result;
  for (const auto& from : snap.channels) {
    if (from.is_closed)
      continue;
    for (auto rev : from.released) {
      const auto* found = snap.find(rev);
      if (!found)
        continue;
      if (fits_architecture(*found->info, wish.architecture))
        result.emplace(wish.architecture, from.name);
      else
        for (const auto& other : found->info->architectures)
          result.emplace(other, from.name);
    }
  }
  return result;
}

[[noreturn]] void refuse(const store_snap& snap, const store_wish& wish, const std::string& wanted) {
  auto releases = releases_of(snap, wish);
  bool runs_here = false;
  json::array list;
  for (const auto& [architecture, name] : releases) {
    runs_here = runs_here || architecture == wish.architecture;
    list.push_back(json::object{{"architecture", architecture}, {"channel", name}});
  }
  json::object value{{"snap-name", snap.name},
                     {"action", wish.action},
                     {"channel", wanted},
                     {"architecture", wish.architecture},
                     {"releases", std::move(list)}};
  auto what = "cannot find snap \"" + snap.name + "\" in channel " + wanted + ": ";
  if (runs_here || releases.empty())
    throw failure{failure_kind::channel_not_available,
                  what + (releases.empty() ? "it has been released to no channel"
                                           : "it is released to other channels only"),
                  json::write(value)};
  throw failure{failure_kind::architecture_not_available,
                what + "it isn't there for this architecture (" + wish.architecture + ")",
                json::write(value)};
}

store_choice choose_named(const store_snap& snap, const store_wish& wish) {
  store_choice result{
      .snap = &snap, .revision = snap.find(wish.rev), .channel = {}, .comes_from = {}, .warning = {}};
  if (!wish.channel.empty())
    result.channel = to_string(parse_channel(wish.channel));
  auto what = "cannot find revision " + to_string(wish.rev) + " of snap \"" + snap.name + "\": ";
  if (!result.revision)
    throw failure{failure_kind::revision_not_available, what + "no store has it"};
  if (!fits_architecture(*result.revision->info, wish.architecture))
    throw failure{failure_kind::revision_not_available,
                  what + "it isn't for this architecture (" + wish.architecture + ")"};
  return result;
}

} // namespace

bool fits_architecture(const snap_info& info, const std::string& architecture) {
  auto fits = [&](const std::string& one) { return one == "all" || one == architecture; };
  return info.architectures.empty() || std::ranges::any_of(info.architectures, fits);
}

store_choice choose_revision(const store_index& index, const store_wish& wish) {
  auto found = index.snaps.find(wish.snap);
  if (found == index.snaps.end())
    throw failure{failure_kind::snap_not_found,
                  "cannot find snap \"" + wish.snap + "\": no store has it",
                  json::write(json::value(wish.snap))};
  const auto& snap = found->second;
  if (wish.rev)
    return choose_named(snap, wish);
  auto names = channel_fallbacks(parse_channel(wish.channel.empty() ? "stable" : wish.channel));
  const auto& wanted = names.front();
  for (const auto& name : names) {
    const auto* from = snap.find_channel(name);
    const auto* revision = from ? offered(snap, *from, wish.architecture) : nullptr;
    if (!revision)
      continue;
    store_choice result{
        .snap = &snap, .revision = revision, .channel = wanted, .comes_from = name, .warning = {}};
    if (name != wanted)
      result.warning = "channel " + wanted + " " +
                       why_passed_over(snap.find_channel(wanted), wish.architecture) + "; \"" +
                       snap.name + "\" comes from " + name;
    return result;
  }
  refuse(snap, wish, wanted);
}

} // namespace troupe
