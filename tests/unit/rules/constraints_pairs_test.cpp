#include <catch2/catch.hpp>

#include "runtime/rules/constraints.hpp"

using namespace troupe;

namespace {

/// A lane as the rule speaks of it; 0 stands for no name.
struct card {
  bool shared = false;
  bool affects_link = false;
  bool is_system = false;
  bool is_known = false;
  char snap = 0;
  char base = 0;
  bool has_slot = false;
  bool has_plug = false;
  char connected_to = 0;
};

/// A card and the lane it describes.
struct described {
  card words;
  lane_summary lane;
};

lane_summary lane_of(const card& words) {
  lane_summary lane;
  lane.key = {change_id{1}, 1};
  lane.role = words.shared ? lane_role::shared : lane_role::plain;
  lane.affects_link = words.affects_link;
  lane.is_system = words.is_system;
  lane.is_known = words.is_known;
  lane.snaps = {std::string{words.snap}};
  if (words.base)
    lane.bases = {std::string{words.base}};
  if (words.has_slot)
    lane.slot_interfaces = {"a"};
  if (words.has_plug)
    lane.plug_interfaces = {"a"};
  if (words.connected_to)
    lane.connected_to = {std::string{words.connected_to}};
  return lane;
}

std::vector<described> every_lane() {
  std::vector<described> result;
  for (unsigned bits = 0; bits < 64; ++bits)
    for (char snap : {'x', 'y', 'z'})
      for (char base : {'\0', 'x', 'y'})
        for (char connected_to : {'\0', 'x'}) {
          auto bit = [&](unsigned place) { return (bits >> place & 1U) != 0; };
          card words{bit(0), bit(1), bit(2), bit(3), snap, base, bit(4), bit(5), connected_to};
          result.push_back({words, lane_of(words)});
        }
  return result;
}

/// Source: design, "CONSTRAINTS", in the order of its words.
bool interfere(const card& a, const card& b) {
  bool one_is_base = a.snap == b.base || b.snap == a.base;
  bool one_is_system = a.is_system || b.is_system;
  bool on_a_slot = (a.has_slot && (b.has_slot || b.has_plug)) || (b.has_slot && a.has_plug);
  bool connected = a.connected_to == b.snap || b.connected_to == a.snap;
  bool unknown = !(a.is_known && b.is_known);
  return one_is_base || one_is_system || on_a_slot || connected || unknown;
}

bool incompatible(const card& a, const card& b, constraint_mode mode) {
  bool one_moves_what_others_need = (a.shared && a.affects_link) || (b.shared && b.affects_link);
  return one_moves_what_others_need && (mode == constraint_mode::global || interfere(a, b));
}

} // namespace

TEST_CASE("every pair of lanes is kept apart exactly where the design says, either way round") {
  auto mode = GENERATE(constraint_mode::scoped, constraint_mode::global);
  auto lanes = every_lane();
  std::size_t wrong = 0;
  std::size_t apart = 0;
  for (const auto& a : lanes)
    for (const auto& b : lanes) {
      auto rule = interference(a.lane, b.lane, mode);
      wrong += rule.has_value() != incompatible(a.words, b.words, mode);
      wrong += rule != interference(b.lane, a.lane, mode);
      apart += rule.has_value();
    }
  CHECK(lanes.size() == 1152);
  CHECK(wrong == 0);
  CHECK(apart > 0);
  CHECK(apart < lanes.size() * lanes.size());
}
