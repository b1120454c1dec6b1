#include "cli/load/load_model.hpp"

#include <algorithm>
#include <array>

namespace troupe::load {

namespace {

constexpr std::size_t base = 0;
constexpr std::size_t most_in_one_request = 4;
constexpr std::size_t careless_percent = 8;
constexpr std::size_t failing_file_percent = 25;

/// How often an operation is drawn, among those that make sense at the moment.
constexpr std::array<std::pair<operation_kind, std::size_t>, all_operation_kinds.size()> weights{{
    {operation_kind::install, 22},
    {operation_kind::failing_install, 8},
    {operation_kind::install_many, 6},
    {operation_kind::remove, 16},
    {operation_kind::disable, 9},
    {operation_kind::enable, 9},
    {operation_kind::abort, 4},
    {operation_kind::list, 8},
    {operation_kind::info, 8},
    {operation_kind::changes, 8},
    {operation_kind::all_changes, 2},
}};

bool names_no_snap(operation_kind kind) {
  return kind == operation_kind::list || kind == operation_kind::changes ||
         kind == operation_kind::all_changes;
}

} // namespace

std::string_view to_word(snap_condition condition) {
  switch (condition) {
  case snap_condition::absent:
    return "absent";
  case snap_condition::active:
    return "active";
  case snap_condition::disabled:
    return "disabled";
  }
  return "";
}

load_model::load_model(std::vector<bool> needs_base, std::uint64_t seed) : chance_{seed} {
  for (auto needs : needs_base)
    snaps_.push_back({needs, snap_condition::absent, {}, 0});
}

// The standard leaves open how its distributions draw; this gives the same everywhere.
std::size_t load_model::below(std::size_t bound) { return chance_() % bound; }

bool load_model::base_is_there() const {
  return snaps_[base].condition == snap_condition::active && is_free(snaps_[base]);
}

bool load_model::base_is_free() const {
  return std::none_of(snaps_.begin(), snaps_.end(), [&](const known_snap& snap) {
    return snap.needs_base && (snap.condition != snap_condition::absent || !is_free(snap));
  });
}

bool load_model::may_be_installed(const known_snap& snap) const {
  return snap.condition == snap_condition::absent && is_free(snap) &&
         (!snap.needs_base || base_is_there());
}

bool load_model::may_be_taken_away(const known_snap& snap) const {
  return is_free(snap) && (&snap != &snaps_[base] || base_is_free());
}

load_model::candidates load_model::choose(const std::function<bool(const known_snap&)>& wanted) const {
  candidates result;
  for (std::size_t i = 0; i < snaps_.size(); ++i)
    if (wanted(snaps_[i]))
      result.push_back(i);
  return result;
}

load_model::candidates load_model::for_kind(operation_kind kind) const {
  using enum snap_condition;
  switch (kind) {
  case operation_kind::install:
    return choose([&](const auto& s) { return may_be_installed(s); });
  case operation_kind::failing_install:
    return choose([&](const auto& s) { return &s != &snaps_[base] && may_be_installed(s); });
  case operation_kind::install_many: {
    // With the base in the same request, its applications may be too.
    auto with_base = may_be_installed(snaps_[base]);
    return choose([&](const auto& s) {
      return may_be_installed(s) || (with_base && s.needs_base && s.condition == absent && is_free(s));
    });
  }
  case operation_kind::remove:
    return choose([&](const auto& s) { return s.condition != absent && may_be_taken_away(s); });
  case operation_kind::disable:
    return choose([&](const auto& s) { return s.condition == active && may_be_taken_away(s); });
  case operation_kind::enable:
    return choose([&](const auto& s) {
      return s.condition == disabled && is_free(s) && (!s.needs_base || base_is_there());
    });
  case operation_kind::info:
    return choose([](const auto& s) { return s.condition != absent; });
  default:
    return {};
  }
}

load_model::candidates load_model::several(candidates from) {
  auto wanted = std::min(from.size(), 2 + below(most_in_one_request - 1));
  auto with_base = from.front() == base;
  for (std::size_t i = with_base ? 1 : 0; i < wanted; ++i)
    std::swap(from[i], from[i + below(from.size() - i)]);
  from.resize(wanted);
  return from;
}

operation load_model::drawn_kind(operation_kind kind, candidates from) {
  operation result{kind, {}, {}, false, {}};
  if (kind == operation_kind::install_many) {
    result.snaps = several(std::move(from));
    result.all_or_nothing = below(2) == 0;
    // The last one, since a failing base would take the applications on it along.
    if (below(100) < failing_file_percent)
      result.failing = {result.snaps.back()};
  } else if (!names_no_snap(kind) && kind != operation_kind::abort) {
    result.snaps = {from[below(from.size())]};
    if (kind == operation_kind::failing_install)
      result.failing = result.snaps;
  } else if (kind == operation_kind::abort) {
    result.change =
        std::next(changes_.begin(), static_cast<std::ptrdiff_t>(below(changes_.size())))->first;
  }
  return result;
}

// Never the base or what runs on it: whether that is refused depends on more than the snap.
operation load_model::careless() {
  constexpr std::array kinds{operation_kind::install, operation_kind::remove, operation_kind::disable,
                             operation_kind::enable};
  auto from = choose([&](const auto& s) { return !s.needs_base && &s != &snaps_[base]; });
  return drawn_kind(kinds[below(kinds.size())], std::move(from));
}

operation load_model::next() {
  operation result;
  if (below(100) < careless_percent) {
    result = careless();
  } else {
    std::vector<std::pair<operation_kind, candidates>> possible;
    std::vector<std::size_t> ends;
    std::size_t sum = 0;
    for (const auto& [kind, weight] : weights) {
      auto from = for_kind(kind);
      auto least = kind == operation_kind::install_many ? 2U : 1U;
      if (kind == operation_kind::abort ? changes_.empty() : !names_no_snap(kind) && from.size() < least)
        continue;
      possible.emplace_back(kind, std::move(from));
      ends.push_back(sum += weight);
    }
    auto at = std::upper_bound(ends.begin(), ends.end(), below(sum)) - ends.begin();
    auto& [kind, from] = possible[static_cast<std::size_t>(at)];
    result = drawn_kind(kind, std::move(from));
  }
  if (makes_change(result.kind))
    for (auto snap : result.snaps)
      ++snaps_[snap].under_way;
  if (auto aborted = changes_.find(result.change); aborted != changes_.end())
    aborted->second = true;
  return result;
}

void load_model::accepted(const operation& what, const std::string& change) {
  if (makes_change(what.kind))
    changes_.emplace(change, false);
}

void load_model::finished(const operation& what, const std::string& change) {
  if (!makes_change(what.kind))
    return;
  changes_.erase(change);
  for (auto snap : what.snaps)
    --snaps_[snap].under_way;
}

void load_model::settled(std::size_t snap, snap_condition condition, time_point begun) {
  auto& known = snaps_.at(snap);
  if (begun < known.since)
    return;
  known.condition = condition;
  known.since = begun;
}

bool load_model::was_asked_to_abort(const std::string& change) const {
  auto found = changes_.find(change);
  return found != changes_.end() && found->second;
}

} // namespace troupe::load
