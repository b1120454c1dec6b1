#include <catch2/catch.hpp>

#include <functional>

#include "runtime/rules/constraints.hpp"

using namespace troupe;

namespace {

using keys = std::vector<lane_key>;

lane_key key(std::uint64_t change) { return {change_id{change}, 1}; }

/// A lane of a snap that is known and shares nothing.
lane_summary lane(std::uint64_t change, lane_role role, bool affects_link) {
  lane_summary result;
  result.key = key(change);
  result.snaps = {"snap" + std::to_string(change)};
  result.role = role;
  result.affects_link = affects_link;
  result.is_known = true;
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
    {"one is the base of the other", [](auto& a, auto& b) { b.bases = a.snaps; }},
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
       a.connected_to = {"other", b.snaps.front()};
     }},
    {"too little is known of one", [](auto& a, auto&) { a.is_known = false; }},
    {"too little is known of one", [](auto& a, auto&) { a.snaps.clear(); }},
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
    a.bases = b.bases = {"core22"};
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
  of_base.bases = base.snaps;
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
  app.bases = base.snaps;
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

TEST_CASE("when what kept a lane out leaves, the next that does is told, and who it concerns") {
  admission_table table{constraint_mode::scoped};
  auto first = plain(1);
  auto second = plain(2);
  first.bases = second.bases = {"snap4"};
  table.ask(first);
  table.ask(second);
  table.ask(plain(3));
  table.ask(shared(4));
  CHECK(table.explain(key(4))->other == key(1));
  CHECK(table.leave(key(3)).empty());
  CHECK(table.kept_out_by_another().empty());
  CHECK(table.leave(key(1)).empty());
  CHECK(table.kept_out_by_another() == keys{key(4)});
  CHECK(table.explain(key(4))->other == key(2));
  CHECK(table.leave(key(2)) == keys{key(4)});
  CHECK(table.kept_out_by_another().empty());
}

TEST_CASE("a lane of several snaps is kept apart for any of them, whichever of two is the base") {
  auto many = shared(1);
  many.snaps = {"core20", "core22"};
  auto app = plain(2);
  app.snaps = {"other", "hello"};
  app.bases = {"core18", "core22"};
  auto wanted = std::optional<std::string>{"one is the base of the other"};
  CHECK(interference(many, app, constraint_mode::scoped) == wanted);
  CHECK(interference(app, many, constraint_mode::scoped) == wanted);
  many.snaps = {"core20", "core24"};
  CHECK_FALSE(interference(many, app, constraint_mode::scoped));
  app.connected_to = {"elsewhere", "core24"};
  CHECK(interference(many, app, constraint_mode::scoped) == "they are connected");
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
