#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/rules/constraints.hpp"
#include "runtime/rules/lane_summaries.hpp"

using namespace troupe;

namespace {

using keys = std::vector<lane_key>;

/// The order of admission by its words: whoever waits is let in when it is compatible with all in
/// progress and with all who wait before it.
class slow_model {
public:
  explicit slow_model(constraint_mode mode) : mode_{mode} {}

  struct member {
    lane_summary lane;
    bool inside = false;
  };

  keys let_in() {
    keys result;
    for (std::size_t i = 0; i < line.size(); ++i)
      if (!line[i].inside && !obstacle_to(i)) {
        line[i].inside = true;
        result.push_back(line[i].lane.key);
      }
    return result;
  }

  /// The first that keeps out the one at this place.
  std::optional<admission_obstacle> obstacle_to(std::size_t place) const {
    for (std::size_t i = 0; i < line.size(); ++i)
      if (i != place && (i < place || line[i].inside))
        if (auto rule = interference(line[i].lane, line[place].lane, mode_))
          return admission_obstacle{line[i].lane.key, *rule};
    return std::nullopt;
  }

  std::vector<member> line; ///< In the order they asked.

private:
  constraint_mode mode_;
};

/// A table and the model of it, told the same.
class random_run {
public:
  explicit random_run(constraint_mode mode) : table_{mode}, model_{mode}, mode_{mode} {}

  void ask(const lane_summary& lane) {
    auto before = obstacles();
    auto answer = table_.ask(lane);
    model_.line.push_back({lane, false});
    RC_ASSERT(answer == model_.let_in());
    compare();
    for (const auto& [key, other] : before)
      RC_ASSERT(obstacles().at(key) == other);
  }

  void leave(std::size_t place) {
    auto before = obstacles();
    auto key = model_.line[place].lane.key;
    model_.line.erase(model_.line.begin() + static_cast<std::ptrdiff_t>(place));
    RC_ASSERT(table_.leave(key) == model_.let_in());
    compare();
    keys moved;
    for (const auto& [waiting, other] : obstacles())
      if (before.at(waiting) != other)
        moved.push_back(waiting);
    auto told = table_.kept_out_by_another();
    std::ranges::sort(told);
    RC_ASSERT(told == moved);
  }

  /// Those inside leave one by one until nobody is left, so that everybody has got in.
  void drain() {
    while (!model_.line.empty()) {
      auto inside = some_inside();
      RC_ASSERT(!inside.empty());
      RC_ASSERT(model_.line.front().inside);
      leave(inside[*rc::gen::inRange<std::size_t>(0, inside.size())]);
    }
    RC_ASSERT(table_.in_progress() + table_.waiting() == 0U);
  }

  std::size_t size() const { return model_.line.size(); }
  keys inside() const {
    keys result;
    for (auto place : some_inside())
      result.push_back(model_.line[place].lane.key);
    return result;
  }

private:
  std::vector<std::size_t> some_inside() const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < model_.line.size(); ++i)
      if (model_.line[i].inside)
        result.push_back(i);
    return result;
  }

  std::map<lane_key, lane_key> obstacles() const {
    std::map<lane_key, lane_key> result;
    for (const auto& member : model_.line)
      if (auto found = table_.explain(member.lane.key))
        result.emplace(member.lane.key, found->other);
    return result;
  }

  void compare() {
    std::size_t inside = 0;
    for (std::size_t i = 0; i < model_.line.size(); ++i) {
      const auto& [lane, is_inside] = model_.line[i];
      inside += is_inside;
      RC_ASSERT(table_.is_admitted(lane.key) == is_inside);
      auto told = table_.explain(lane.key);
      RC_ASSERT(told.has_value() == !is_inside);
      if (told) {
        auto expected = model_.obstacle_to(i);
        RC_ASSERT(expected.has_value());
        RC_ASSERT(told->other == expected->other);
        RC_ASSERT(told->rule == expected->rule);
        continue;
      }
      for (std::size_t other = 0; other < i; ++other)
        if (model_.line[other].inside)
          RC_ASSERT(!interference(model_.line[other].lane, lane, mode_));
    }
    RC_ASSERT(table_.in_progress() == inside);
    RC_ASSERT(table_.waiting() == model_.line.size() - inside);
  }

  admission_table table_;
  slow_model model_;
  constraint_mode mode_;
};

bool one_in(int n) { return *rc::gen::inRange(0, n) == 0; }

std::string some_of(const std::vector<std::string>& names) { return *rc::gen::elementOf(names); }

lane_summary some_lane(std::uint64_t change) {
  lane_summary lane;
  lane.key = {change_id{change}, *rc::gen::inRange<lane_number>(0, 3)};
  lane.snaps = {"snap" + std::to_string(*rc::gen::inRange(0, 8))};
  lane.affects_link = !one_in(3);
  lane.role = one_in(3) ? lane_role::shared : lane_role::plain;
  lane.is_known = !one_in(10);
  lane.is_system = one_in(20);
  if (one_in(2))
    lane.bases = {"snap" + std::to_string(*rc::gen::inRange(0, 8))};
  if (one_in(4))
    lane.slot_interfaces = {some_of({"a", "b", "c", "d"})};
  if (one_in(3))
    lane.plug_interfaces = {some_of({"a", "b", "c", "d"})};
  if (one_in(6))
    lane.connected_to = {"snap" + std::to_string(*rc::gen::inRange(0, 8))};
  return lane;
}

// --- a host, for what matters in the end ------------------------------------------------------------

/// Some snaps, with what they are and whose slots they use.
struct host {
  std::map<std::string, snap_state_ptr> snaps;
  std::map<std::string, std::set<std::string>> providers; ///< By the snap whose plugs are connected.
};

endpoint_info endpoint(const std::string& interface) { return {interface, interface, {}, "{}"}; }

host some_host() {
  host result;
  auto add = [&](const std::string& name, snap_type type, const std::string& base = {}) {
    auto info = std::make_shared<snap_info>();
    info->name = name;
    info->type = type;
    info->base = base;
    if (type == snap_type::app) {
      if (one_in(3))
        info->slots.push_back(endpoint(some_of({"a", "b", "c"})));
      if (one_in(2))
        info->plugs.push_back(endpoint(some_of({"a", "b", "c"})));
    }
    auto state = std::make_shared<snap_state>();
    state->name = name;
    state->revisions = {{{1}, info, {}}};
    state->current = {1};
    state->active = true;
    result.snaps.emplace(name, state);
  };
  add("snapd", snap_type::snapd);
  add("core", snap_type::os);
  add("core20", snap_type::base);
  add("core22", snap_type::base);
  add("gadget", snap_type::gadget, "core20");
  for (int i = 0; i < 6; ++i)
    add("app" + std::to_string(i), snap_type::app, some_of({"", "core20", "core22", "none"}));
  // A connection may outlive the interface's name in the revision at hand.
  for (const auto& [plug_name, plug_snap] : result.snaps)
    for (const auto& [slot_name, slot_snap] : result.snaps)
      if (!plug_snap->info()->plugs.empty() && !slot_snap->info()->slots.empty() &&
          plug_name != slot_name && one_in(2))
        result.providers[plug_name].insert(slot_name);
  return result;
}

/// A lane that works on these snaps, and either runs hooks of theirs or links them anew as well.
change_record change_on(std::uint64_t id, const std::vector<std::string>& snaps, bool links) {
  change_record change;
  change.id = {id};
  for (const auto& name : snaps) {
    operation op;
    op.snap = name;
    op.lane = 1;
    change.operations.push_back(op);
  }
  task_record task;
  task.kind = links ? "link-snap" : "run-hook";
  task.lanes = {1};
  change.tasks.push_back(task);
  return change;
}

bool uses_a_slot_of(const snap_info& user, const snap_info& provider) {
  auto has = [](const std::vector<endpoint_info>& list, const std::string& interface) {
    return std::ranges::any_of(list, [&](const auto& e) { return e.interface == interface; });
  };
  return std::ranges::any_of(provider.slots, [&](const auto& slot) {
    return has(user.plugs, slot.interface) || has(user.slots, slot.interface);
  });
}

/// Whether a hook of the user needs the other to be linked, and to stay so.
bool needs(const host& on, const std::string& user, const std::string& other) {
  const auto& info = *on.snaps.at(user)->info();
  const auto& its = *on.snaps.at(other)->info();
  auto base = info.type == snap_type::app && info.base.empty() ? "core" : info.base;
  auto providers = on.providers.find(user);
  return its.type == snap_type::snapd || its.type == snap_type::os || base == other ||
         (providers != on.providers.end() && providers->second.contains(other)) ||
         uses_a_slot_of(info, its);
}

} // namespace

TEST_CASE("under random arrivals the constraints hold, the order is fair and nobody starves") {
  for (auto mode : {constraint_mode::scoped, constraint_mode::global})
    CHECK(rc::check([mode] {
      random_run run{mode};
      auto arrivals = *rc::gen::inRange<std::uint64_t>(1, 40);
      for (std::uint64_t change = 1; change <= arrivals; ++change) {
        run.ask(some_lane(change));
        while (run.size() > 0 && one_in(3))
          run.leave(*rc::gen::inRange<std::size_t>(0, run.size()));
      }
      run.drain();
    }));
}

TEST_CASE("a lane waits no longer than for those who asked before it") {
  for (auto mode : {constraint_mode::scoped, constraint_mode::global})
    CHECK(rc::check([mode] {
      admission_table table{mode};
      auto before = *rc::gen::inRange<std::uint64_t>(0, 12);
      for (std::uint64_t change = 1; change <= before; ++change)
        table.ask(some_lane(change));
      auto mine = some_lane(before + 1);
      table.ask(mine);
      std::vector<lane_summary> later;
      for (std::uint64_t change = before + 2; change <= before + 12; ++change)
        table.ask(later.emplace_back(some_lane(change)));
      for (std::uint64_t change = 1; change <= before; ++change)
        for (lane_number lane = 0; lane < 3; ++lane)
          table.leave({change_id{change}, lane});
      RC_ASSERT(table.is_admitted(mine.key));
      for (const auto& other : later)
        RC_ASSERT(!table.is_admitted(other.key) || !interference(mine, other, mode));
    }));
}

TEST_CASE("no hook runs while its snap's base, snapd, core or a provider of its slots is linked anew") {
  CHECK(rc::check([] {
    auto on = some_host();
    std::vector<std::string> names;
    for (const auto& [name, state] : on.snaps)
      names.push_back(name);
    random_run run{constraint_mode::scoped};
    std::map<lane_key, change_record> changes;
    auto arrivals = *rc::gen::inRange<std::uint64_t>(1, 30);
    for (std::uint64_t id = 1; id <= arrivals; ++id) {
      std::vector<std::string> snaps{some_of(names)};
      if (one_in(4))
        snaps.push_back(some_of(names));
      auto change = change_on(id, snaps, !one_in(3));
      auto lane = summarise_lane(change, 1, on.snaps);
      for (const auto& [user, providers] : on.providers)
        for (const auto& name : snaps) {
          if (user == name)
            lane.connected_to.insert(lane.connected_to.end(), providers.begin(), providers.end());
          if (providers.contains(name))
            lane.connected_to.push_back(user);
        }
      changes.emplace(lane.key, change);
      run.ask(lane);
      while (run.size() > 0 && one_in(4))
        run.leave(*rc::gen::inRange<std::size_t>(0, run.size()));
      for (auto one : run.inside())
        for (auto other : run.inside())
          if (one != other && changes.at(other).tasks.front().kind == "link-snap")
            for (const auto& user : changes.at(one).operations)
              for (const auto& linked : changes.at(other).operations)
                RC_ASSERT(user.snap == linked.snap || !needs(on, user.snap, linked.snap));
    }
    run.drain();
  }));
}
