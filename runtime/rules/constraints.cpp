#include "runtime/rules/constraints.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 5> link_kinds{"link-snap", "unlink-snap", "unlink-current-snap",
                                                     "setup-profiles", "remove-profiles"};

constexpr std::array<std::string_view, 8> other_critical_kinds{
    "run-hook", "start-snap-services", "service-command", "auto-connect", "auto-disconnect",
    "connect",  "disconnect",          "keep-profiles"};

bool contains(const auto& list, const auto& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool is_exclusive(const lane_summary& lane) {
  return lane.role == lane_role::shared && lane.affects_link;
}

bool overlap(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::any_of(a, [&](const auto& item) { return contains(b, item); });
}

bool is_unknown(const lane_summary& lane) { return !lane.is_known || lane.snaps.empty(); }

/// A way in which two lanes interfere; the predicate is asked both ways round.
struct constraint {
  std::string_view text;
  bool (*holds)(const lane_summary& a, const lane_summary& b);
};

constexpr std::array scoped_constraints{
    constraint{"one is the system's own snap", [](const auto& a, const auto&) { return a.is_system; }},
    constraint{"too little is known of one", [](const auto& a, const auto&) { return is_unknown(a); }},
    constraint{"one is the base of the other",
               [](const auto& a, const auto& b) { return overlap(a.snaps, b.bases); }},
    constraint{"they are connected",
               [](const auto& a, const auto& b) { return overlap(a.connected_to, b.snaps); }},
    constraint{"they share an interface",
               [](const auto& a, const auto& b) {
                 return overlap(a.slot_interfaces, b.plug_interfaces) ||
                        overlap(a.slot_interfaces, b.slot_interfaces);
               }},
};

constexpr std::array global_constraints{
    constraint{"shared snaps are changed one at a time", [](const auto&, const auto&) { return true; }},
};

std::span<const constraint> constraints_of(constraint_mode mode) {
  if (mode == constraint_mode::global)
    return global_constraints;
  return scoped_constraints;
}

} // namespace

bool is_critical_kind(std::string_view task_kind) {
  return affects_link_kind(task_kind) || contains(other_critical_kinds, task_kind);
}

bool affects_link_kind(std::string_view task_kind) { return contains(link_kinds, task_kind); }

std::optional<std::string> interference(const lane_summary& a, const lane_summary& b,
                                        constraint_mode mode) {
  if (!is_exclusive(a) && !is_exclusive(b))
    return std::nullopt;
  for (const auto& one : constraints_of(mode))
    if (one.holds(a, b) || one.holds(b, a))
      return std::string{one.text};
  return std::nullopt;
}

/// Looks for what keeps a lane out among those that asked before it, the first of them at the turn
/// `from`. Only an exclusive one can, unless the lane is exclusive itself.
void admission_table::weigh(turn mine, entry& of, turn from) {
  of.obstacle.reset();
  auto keeps_out = [&](turn other) {
    auto& before = lanes_.at(other);
    auto rule = interference(before.lane, of.lane, mode_);
    if (!rule)
      return false;
    of.obstacle = admission_obstacle{before.lane.key, std::move(*rule)};
    before.keeps_out.insert(before.keeps_out.end(), mine);
    return true;
  };
  if (is_exclusive(of.lane)) {
    for (auto i = lanes_.lower_bound(from); i->first < mine; ++i)
      if (keeps_out(i->first))
        return;
  } else {
    for (auto i = exclusive_.lower_bound(from); i != exclusive_.end() && *i < mine; ++i)
      if (keeps_out(*i))
        return;
  }
}

std::vector<lane_key> admission_table::ask(lane_summary lane) {
  if (turns_.contains(lane.key))
    return is_admitted(lane.key) ? std::vector{lane.key} : std::vector<lane_key>{};
  auto key = lane.key;
  auto mine = next_++;
  if (is_exclusive(lane))
    exclusive_.insert(mine);
  turns_.emplace(key, mine);
  auto& added = lanes_.emplace(mine, entry{std::move(lane), {}, {}}).first->second;
  weigh(mine, added, 0);
  if (!added.obstacle)
    return {key};
  ++waiting_;
  return {};
}

std::vector<lane_key> admission_table::leave(lane_key lane) {
  std::vector<lane_key> let_in;
  kept_out_by_another_.clear();
  auto found = turns_.find(lane);
  if (found == turns_.end())
    return let_in;
  auto node = lanes_.extract(found->second);
  const auto& gone = node.mapped();
  turns_.erase(found);
  exclusive_.erase(node.key());
  if (gone.obstacle) {
    --waiting_;
    lanes_.at(turns_.at(gone.obstacle->other)).keeps_out.erase(node.key());
  }
  for (auto later : gone.keeps_out) {
    auto& kept = lanes_.at(later);
    weigh(later, kept, node.key());
    if (!kept.obstacle)
      --waiting_;
    (kept.obstacle ? kept_out_by_another_ : let_in).push_back(kept.lane.key);
  }
  return let_in;
}

std::optional<admission_obstacle> admission_table::explain(lane_key lane) const {
  auto found = turns_.find(lane);
  return found == turns_.end() ? std::nullopt : lanes_.at(found->second).obstacle;
}

bool admission_table::is_admitted(lane_key lane) const {
  auto found = turns_.find(lane);
  return found != turns_.end() && !lanes_.at(found->second).obstacle;
}

} // namespace troupe
