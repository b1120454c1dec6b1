#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <random>
#include <set>

#include "runtime/rules/constraints.hpp"

using namespace troupe;

namespace {

using keys = std::vector<lane_key>;

lane_key key(std::uint64_t change) { return {change_id{change}, 1}; }

/// A lane of a snap that is known and shares nothing.
lane_summary lane(std::uint64_t change, lane_role role, bool affects_link) {
  lane_summary result;
  result.key = key(change);
  result.snap = "snap" + std::to_string(change);
  result.role = role;
  result.affects_link = affects_link;
  result.base = "";
  return result;
}

lane_summary plain(std::uint64_t change) { return lane(change, lane_role::plain, true); }
lane_summary shared(std::uint64_t change) { return lane(change, lane_role::shared, true); }

/// Two lanes that interfere in one way, if either is exclusive.
struct meddling {
  std::string rule;
  std::function<void(lane_summary&, lane_summary&)> make;
};

const std::vector<meddling> all_meddlings{
    {"one is the base of the other", [](auto& a, auto& b) { b.base = a.snap; }},
    {"one is the system's own snap", [](auto& a, auto&) { a.is_system = true; }},
    {"they share an interface",
     [](auto& a, auto& b) {
       a.slot_interfaces = {"content", "dbus"};
       b.plug_interfaces = {"network", "dbus"};
     }},
    {"they share an interface",
     [](auto& a, auto& b) {
       a.slot_interfaces = {"dbus"};
       b.slot_interfaces = {"dbus"};
     }},
    {"they are connected",
     [](auto& a, auto& b) {
       a.connected_to = {"other", b.snap};
     }},
    {"too little is known of one", [](auto& a, auto&) { a.base.reset(); }},
    {"too little is known of one", [](auto& a, auto&) { a.snap.clear(); }},
};

bool is_exclusive(const lane_summary& l) { return l.role == lane_role::shared && l.affects_link; }

void for_each_pair(const std::function<void(lane_summary, lane_summary)>& visit) {
  for (auto role_a : {lane_role::plain, lane_role::shared})
    for (auto role_b : {lane_role::plain, lane_role::shared})
      for (bool affects_a : {false, true})
        for (bool affects_b : {false, true})
          visit(lane(1, role_a, affects_a), lane(2, role_b, affects_b));
}

} // namespace

TEST_CASE("the tasks that affect links are critical, and so are those that need active snaps") {
  for (auto kind :
       {"link-snap", "unlink-snap", "unlink-current-snap", "setup-profiles", "remove-profiles"}) {
    CHECK(affects_link_kind(kind));
    CHECK(is_critical_kind(kind));
  }
  for (auto kind : {"run-hook", "start-snap-services", "auto-connect", "connect", "disconnect"}) {
    CHECK_FALSE(affects_link_kind(kind));
    CHECK(is_critical_kind(kind));
  }
  for (auto kind : {"prerequisites", "download-snap", "validate-snap", "mount-snap", "wait-for-apps",
                    "prepare-snap", "copy-snap-data", "", "link-snap "})
    CHECK_FALSE(is_critical_kind(kind));
}

TEST_CASE("two lanes that interfere are kept apart exactly where one is shared and affects links") {
  for (const auto& way : all_meddlings)
    for_each_pair([&](lane_summary a, lane_summary b) {
      way.make(a, b);
      auto wanted = is_exclusive(a) || is_exclusive(b) ? std::optional{way.rule} : std::nullopt;
      CHECK(interference(a, b, constraint_mode::scoped) == wanted);
      CHECK(interference(b, a, constraint_mode::scoped) == wanted);
    });
}

TEST_CASE("two lanes that don't interfere may be in progress together") {
  for_each_pair([](lane_summary a, lane_summary b) {
    a.base = b.base = "core22";
    a.plug_interfaces = b.plug_interfaces = {"network"};
    a.slot_interfaces = {"dbus"};
    a.connected_to = {"a-third"};
    CHECK_FALSE(interference(a, b, constraint_mode::scoped));
    CHECK_FALSE(interference(b, a, constraint_mode::scoped));
  });
}

TEST_CASE("in global mode every two lanes interfere") {
  for_each_pair([](const lane_summary& a, const lane_summary& b) {
    auto apart = is_exclusive(a) || is_exclusive(b);
    CHECK(interference(a, b, constraint_mode::global).has_value() == apart);
    CHECK(interference(b, a, constraint_mode::global).has_value() == apart);
  });
}

TEST_CASE("a lane of which nothing is known counts as shared and interferes with all") {
  lane_summary unknown;
  unknown.key = key(1);
  unknown.affects_link = true;
  CHECK(interference(unknown, plain(2), constraint_mode::scoped));
  CHECK(interference(plain(2), unknown, constraint_mode::scoped));
}

TEST_CASE("lanes of applications are let in side by side") {
  admission_table table{constraint_mode::global};
  CHECK(table.ask(plain(1)) == keys{key(1)});
  CHECK(table.ask(plain(2)) == keys{key(2)});
  CHECK(table.in_progress() == 2);
  CHECK(table.waiting() == 0);
  CHECK_FALSE(table.explain(key(2)));
}

TEST_CASE("a base waits for the applications in progress and the later ones wait for the base") {
  admission_table table{constraint_mode::global};
  table.ask(plain(1));
  table.ask(plain(2));
  CHECK(table.ask(shared(3)).empty());
  CHECK(table.ask(plain(4)).empty());
  CHECK(table.ask(plain(5)).empty());
  CHECK(table.leave(key(1)).empty());
  CHECK(table.leave(key(2)) == keys{key(3)});
  CHECK(table.is_admitted(key(3)));
  CHECK_FALSE(table.is_admitted(key(4)));
  CHECK(table.leave(key(3)) == keys{key(4), key(5)});
}

TEST_CASE("a lane overtakes those it is compatible with") {
  admission_table table{constraint_mode::scoped};
  auto base = shared(1);
  auto of_base = plain(2);
  of_base.base = base.snap;
  table.ask(of_base);
  CHECK(table.ask(base).empty());
  CHECK(table.ask(plain(3)) == keys{key(3)});
  CHECK(table.leave(key(2)) == keys{key(1)});
}

TEST_CASE("a lane that gives up waiting lets in those that waited for it") {
  admission_table table{constraint_mode::global};
  table.ask(plain(1));
  table.ask(shared(2));
  table.ask(plain(3));
  CHECK(table.leave(key(2)) == keys{key(3)});
  CHECK(table.waiting() == 0);
  CHECK(table.in_progress() == 2);
}

TEST_CASE("what keeps a lane out is explained by the lane that asked first and the rule") {
  admission_table table{constraint_mode::scoped};
  auto base = shared(1);
  auto app = plain(2);
  app.base = base.snap;
  table.ask(plain(9));
  table.ask(base);
  table.ask(app);
  auto obstacle = table.explain(key(2));
  REQUIRE(obstacle);
  CHECK(obstacle->other == key(1));
  CHECK(obstacle->rule == "one is the base of the other");
  CHECK_FALSE(table.explain(key(1)));
  CHECK_FALSE(table.explain(key(77)));
}

TEST_CASE("a lane is also kept out by one that waits, and told so") {
  admission_table table{constraint_mode::global};
  table.ask(plain(1));
  table.ask(shared(2));
  table.ask(plain(3));
  CHECK(table.explain(key(3))->other == key(2));
  CHECK(table.explain(key(2))->other == key(1));
}

TEST_CASE("asking again changes nothing, and is answered once the lane is in") {
  admission_table table{constraint_mode::global};
  CHECK(table.ask(shared(1)) == keys{key(1)});
  CHECK(table.ask(plain(1)) == keys{key(1)});
  CHECK(table.ask(plain(2)).empty());
  CHECK(table.ask(plain(2)).empty());
  CHECK(table.in_progress() == 1);
  CHECK(table.waiting() == 1);
}

TEST_CASE("a lane that isn't in the table may leave and isn't admitted") {
  admission_table table{constraint_mode::scoped};
  CHECK(table.leave(key(1)).empty());
  CHECK_FALSE(table.is_admitted(key(1)));
  table.ask(plain(1));
  table.leave(key(1));
  CHECK_FALSE(table.is_admitted(key(1)));
  CHECK(table.in_progress() == 0);
}

TEST_CASE("under random arrivals the constraints hold, the order is fair and nobody starves") {
  auto seed = GENERATE(range(1U, 21U));
  auto mode = GENERATE(constraint_mode::scoped, constraint_mode::global);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  auto dice = [&](std::size_t sides) { return static_cast<std::size_t>(random() % sides); };
  admission_table table{mode};
  std::map<lane_key, lane_summary> all;
  std::vector<lane_key> present; // In the order they asked; changes ask by their number.
  std::set<lane_key> inside;

  auto let_in = [&](const keys& lanes) {
    for (const auto& k : lanes) {
      REQUIRE(inside.insert(k).second);
      for (const auto& other : present)
        if (other < k || (inside.contains(other) && other != k))
          REQUIRE_FALSE(interference(all.at(other), all.at(k), mode));
    }
  };
  auto one_leaves = [&](std::size_t place) {
    auto k = present[place];
    present.erase(present.begin() + static_cast<std::ptrdiff_t>(place));
    inside.erase(k);
    let_in(table.leave(k));
  };
  auto check = [&] {
    REQUIRE(table.in_progress() == inside.size());
    REQUIRE(table.waiting() == present.size() - inside.size());
    for (const auto& k : present) {
      auto obstacle = table.explain(k);
      REQUIRE(table.is_admitted(k) == inside.contains(k));
      REQUIRE(obstacle.has_value() != inside.contains(k));
      // Only lanes that asked before can hold up one, and there are fewer of them with each that leaves.
      REQUIRE((!obstacle || obstacle->other < k));
    }
  };

  for (std::uint64_t change = 1; change <= 200; ++change) {
    auto l = lane(change, dice(4) == 0 ? lane_role::shared : lane_role::plain, dice(3) != 0);
    l.base = dice(10) == 0 ? std::nullopt : std::optional{"snap" + std::to_string(1 + dice(200))};
    l.slot_interfaces = {"interface" + std::to_string(dice(5))};
    l.plug_interfaces = {"interface" + std::to_string(dice(20))};
    all.emplace(l.key, l);
    present.push_back(l.key);
    let_in(table.ask(l));
    while (!present.empty() && (present.size() > 20 || dice(3) == 0))
      one_leaves(dice(present.size()));
    check();
  }
  while (!present.empty()) {
    REQUIRE(inside.contains(present.front()));
    one_leaves(0);
    check();
  }
}
