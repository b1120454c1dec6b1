#include "runtime/rules/constraints.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 5> link_kinds{"link-snap", "unlink-snap", "unlink-current-snap",
                                                     "setup-profiles", "remove-profiles"};

constexpr std::array<std::string_view, 5> other_critical_kinds{"run-hook", "start-snap-services",
                                                               "auto-connect", "connect", "disconnect"};

bool contains(const auto& list, const auto& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool is_exclusive(const lane_summary& lane) {
  return lane.role == lane_role::shared && lane.affects_link;
}

bool is_unknown(const lane_summary& lane) { return lane.snap.empty() || !lane.base; }

bool is_base_of(const lane_summary& a, const lane_summary& b) { return b.base == a.snap; }

bool is_connected_to(const lane_summary& a, const lane_summary& b) {
  return contains(a.connected_to, b.snap);
}

bool has_slot_for(const lane_summary& a, const lane_summary& b) {
  return std::any_of(a.slot_interfaces.begin(), a.slot_interfaces.end(), [&](const std::string& name) {
    return contains(b.plug_interfaces, name) || contains(b.slot_interfaces, name);
  });
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
  if (mode == constraint_mode::global)
    return "shared snaps are changed one at a time";
  if (a.is_system || b.is_system)
    return "one is the system's own snap";
  if (is_unknown(a) || is_unknown(b))
    return "too little is known of one";
  if (is_base_of(a, b) || is_base_of(b, a))
    return "one is the base of the other";
  if (is_connected_to(a, b) || is_connected_to(b, a))
    return "they are connected";
  if (has_slot_for(a, b) || has_slot_for(b, a))
    return "they share an interface";
  return std::nullopt;
}

template <class Visitor>
void admission_table::for_each_obstacle(const lane_summary& lane, turn before, Visitor visit) const {
  auto look_at = [&](turn other) {
    if (auto rule = interference(lanes_.at(other).lane, lane, mode_))
      visit(other, *rule);
  };
  if (is_exclusive(lane))
    for (auto i = lanes_.begin(); i != lanes_.end() && i->first < before; ++i)
      look_at(i->first);
  else
    for (auto i = exclusive_.begin(); i != exclusive_.end() && *i < before; ++i)
      look_at(*i);
}

std::vector<lane_key> admission_table::ask(lane_summary lane) {
  if (turns_.contains(lane.key))
    return is_admitted(lane.key) ? std::vector{lane.key} : std::vector<lane_key>{};
  auto key = lane.key;
  auto mine = next_++;
  std::size_t obstacles = 0;
  for_each_obstacle(lane, mine, [&](turn, const std::string&) { ++obstacles; });
  if (is_exclusive(lane))
    exclusive_.insert(mine);
  turns_.emplace(key, mine);
  lanes_.emplace(mine, entry{std::move(lane), obstacles});
  if (obstacles == 0)
    return {key};
  ++waiting_;
  return {};
}

std::vector<lane_key> admission_table::leave(lane_key lane) {
  std::vector<lane_key> let_in;
  auto found = turns_.find(lane);
  if (found == turns_.end())
    return let_in;
  auto gone = lanes_.extract(found->second);
  turns_.erase(found);
  exclusive_.erase(gone.key());
  if (gone.mapped().obstacles > 0)
    --waiting_;
  auto look_at = [&](entry& later) {
    if (!interference(gone.mapped().lane, later.lane, mode_) || --later.obstacles > 0)
      return;
    --waiting_;
    let_in.push_back(later.lane.key);
  };
  if (is_exclusive(gone.mapped().lane))
    for (auto i = lanes_.upper_bound(gone.key()); i != lanes_.end(); ++i)
      look_at(i->second);
  else
    for (auto i = exclusive_.upper_bound(gone.key()); i != exclusive_.end(); ++i)
      look_at(lanes_.at(*i));
  return let_in;
}

std::optional<admission_obstacle> admission_table::explain(lane_key lane) const {
  std::optional<admission_obstacle> result;
  auto found = turns_.find(lane);
  if (found == turns_.end())
    return result;
  for_each_obstacle(lanes_.at(found->second).lane, found->second,
                    [&](turn other, const std::string& rule) {
                      if (!result)
                        result = admission_obstacle{lanes_.at(other).lane.key, rule};
                    });
  return result;
}

bool admission_table::is_admitted(lane_key lane) const {
  auto found = turns_.find(lane);
  return found != turns_.end() && lanes_.at(found->second).obstacles == 0;
}

} // namespace troupe
