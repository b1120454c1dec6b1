#include <catch2/catch.hpp>

#include "runtime/interfaces/declaration_yaml.hpp"
#include "runtime/interfaces/known_interfaces.hpp"
#include "runtime/rules/snap_update.hpp"
#include "runtime/rules/wiring.hpp"
#include "runtime/snap/snap_yaml.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

struct test_snap {
  std::string name;
  std::string ends; ///< YAML of its plugs and slots.
  std::string publisher{};
  std::string declaration{}; ///< YAML of it.
};

std::shared_ptr<snap_state> state_of(const test_snap& what) {
  auto state = std::make_shared<snap_state>();
  state->name = what.name;
  state->revisions = {
      {{1},
       std::make_shared<const snap_info>(parse_snap_yaml(
           "name: " + what.name.substr(0, what.name.find('_')) + "\nversion: 1\n" + what.ends)),
       {}}};
  state->current = {1};
  state->active = true;
  if (!what.publisher.empty()) {
    state->origin.snap_id = what.name + "-id";
    state->origin.publisher.id = what.publisher;
    state->origin.declaration = json::write(headers_from_yaml(what.declaration));
  }
  return state;
}

struct host {
  explicit host(const std::vector<test_snap>& snaps) {
    for (const auto& snap : snaps)
      put(snap);
  }
  void put(const test_snap& snap) { set(state_of(snap)); }
  void set(std::shared_ptr<snap_state> state) {
    wires.put(state);
    states[state->name] = std::move(state);
  }
  void remember(const connection_ref& ref, const connection& known) {
    for (const auto* name : {&ref.plug.snap, &ref.slot.snap})
      if (states.contains(*name))
        set(std::make_shared<snap_state>(apply(*states.at(*name), set_connection{ref, known})));
  }
  /// `PLUG SLOT` of those that are made, of others with the reason.
  std::vector<std::string> choices(const std::string& snap) const {
    std::vector<std::string> result;
    for (const auto& each : wires.choices_for(snap))
      result.push_back(to_string(each.ref) + (each.is_made ? "" : ": " + each.why_not));
    return result;
  }

  wiring wires{known_interfaces()};
  std::map<std::string, std::shared_ptr<snap_state>> states;
};

template <class Work>
std::string refusal_of(Work work) {
  try {
    work();
    return {};
  } catch (const failure& why) {
    return why.what();
  }
}

const test_snap library{"library", "slots: {songs: {interface: content, read: [/]}}\n", "acme"};
const test_snap player{
    "player", "plugs: {songs: {interface: content, target: $SNAP/songs}, network: , camera: }\n",
    "acme"};
const connection_ref songs{{"player", "songs"}, {"library", "songs"}};

} // namespace

TEST_CASE("the system has slots though no snap stands for it, and keeps them with one") {
  host h{{player}};
  CHECK(h.wires.find_pair({"player", "network"}, {}).slot == endpoint_name{"snapd", "network"});
  h.put({"snapd", "type: snapd\n"});
  CHECK(h.wires.find_pair({"player", "network"}, {"core", ""}).slot ==
        endpoint_name{"snapd", "network"});
  auto gone = std::make_shared<snap_state>();
  gone->name = "snapd";
  h.set(gone);
  CHECK(h.wires.find_pair({"player", "network"}, {"system", "network"}).slot.snap == "snapd");
}

TEST_CASE("what users leave out of a plug and a slot is found, or they are told what is wrong") {
  host h{{library, player, {"twice", "slots: {a: {interface: content}, b: {interface: content}}\n"}}};
  const auto refusal = [&](endpoint_name plug, endpoint_name slot) {
    return refusal_of([&] { h.wires.find_pair(plug, slot); });
  };
  CHECK(h.wires.find_pair({"player", "songs"}, {"library", ""}) == songs);
  CHECK(h.wires.find_pair({"player", "songs"}, {"library", "songs"}) == songs);
  CHECK(refusal({"player", "songs"}, {}) ==
        "cannot connect player:songs: snap \"snapd\" has no slot of interface \"content\"");
  CHECK(refusal({"player", "songs"}, {"twice", ""}) ==
        "cannot connect player:songs: snap \"twice\" has several slots of interface \"content\"; name "
        "one of: a, b");
  CHECK(refusal({"player", "song"}, {}) == "snap \"player\" has no plug named \"song\"");
  CHECK(refusal({"nobody", "song"}, {}) == "snap \"nobody\" is not installed");
  CHECK(refusal({"player", "songs"}, {"nobody", ""}) == "snap \"nobody\" is not installed");
  CHECK(refusal({"player", ""}, {}) == "cannot connect: a plug must be named, as SNAP:PLUG");
  h.states.at("player")->active = false;
  h.set(h.states.at("player"));
  CHECK(refusal({"player", "songs"}, {}) == "snap \"player\" is disabled; enable it first");
}

TEST_CASE("ends of different interfaces, unusable ones and what rules forbid can't be connected") {
  host h{{library,
          player,
          {"odd", "plugs: {out: teleport, bad: {interface: content}}\n"
                  "slots: {in: teleport, mic: camera}\n"},
          {"bus", "slots: {name: {interface: dbus, bus: session, name: org.acme}}\n", "acme"},
          {"user",
           "plugs: {name: {interface: dbus, bus: session, name: org.acme}, "
           "other: {interface: dbus, bus: session, name: org.other}}\n",
           "acme"}}};
  const auto refusal = [&](const connection_ref& ref) {
    return refusal_of([&] { h.wires.connect(ref, false, "{}", "{}"); });
  };
  CHECK(refusal(songs).empty());
  CHECK(refusal({{"player", "network"}, {"library", "songs"}}) ==
        "cannot connect player:network (interface \"network\") to library:songs (interface "
        "\"content\"): they are of different interfaces");
  CHECK_THAT(refusal({{"odd", "out"}, {"odd", "in"}}), Contains("isn't known"));
  CHECK_THAT(refusal({{"odd", "bad"}, {"library", "songs"}}), Contains("\"target\" is missing"));
  CHECK_THAT(refusal({{"user", "name"}, {"bus", "name"}}),
             Contains("connection denied by slot base-declaration deny-connection"));
  CHECK_THAT(refusal({{"user", "other"}, {"bus", "name"}}), Contains("different attributes \"name\""));
}

TEST_CASE("by hand rules don't count for a snap without a store") {
  host h{{{"bus", "slots: {name: {interface: dbus, bus: session, name: org.acme}}\n"},
          {"user", "plugs: {name: {interface: dbus, bus: session, name: org.acme}}\n", "acme"}}};
  const connection_ref ref{{"user", "name"}, {"bus", "name"}};
  CHECK(h.wires.connect(ref, false, "{}", "{}").interface == "dbus");
  CHECK_THROWS_AS(h.wires.connect(ref, true, "{}", "{}"), failure);
}

TEST_CASE("what is connected by itself is what rules allow, and others hear why not") {
  host h{{library, player}};
  CHECK(h.choices("player") ==
        std::vector<std::string>{
            "player:camera snapd:camera: auto-connection denied by slot base-declaration "
            "deny-auto-connection for interface \"camera\"",
            "player:songs library:songs", "player:network snapd:network"});
  CHECK(h.choices("library") == std::vector<std::string>{"player:songs library:songs"});

  SECTION("two candidates of a plug that takes one are none") {
    h.put({"other", library.ends, "acme"});
    const auto found = h.choices("player");
    CHECK_THAT(found.at(1),
               Contains("plug \"player:songs\" has 2 candidate slots, and slots-per-plug is 1"));
    CHECK_THAT(h.choices("other").at(0), Contains("has 2 candidate slots"));
  }
  SECTION("a greedy plug takes all, a slot added later too") {
    h.put({player.name, player.ends, "acme",
           "plugs: {content: {allow-auto-connection: {slots-per-plug: \"*\"}}}\n"});
    h.put({"other", library.ends, "acme"});
    CHECK(h.choices("player").size() == 4);
    CHECK(h.choices("other") == std::vector<std::string>{"player:songs other:songs"});
  }
  SECTION("what is connected counts and isn't made again") {
    h.remember(songs, {"content", true});
    CHECK(h.choices("player").at(1) == "player:songs library:songs: it is connected already");
    h.put({"other", library.ends, "acme"});
    CHECK_THAT(h.choices("other").at(0), Contains("has 2 candidate slots"));
  }
  SECTION("what was disconnected by hand isn't made, and counts") {
    h.remember(songs, {"content", true, true});
    CHECK(h.choices("player").at(1) == "player:songs library:songs: it was disconnected by hand");
    CHECK_FALSE(h.wires.is_connected(songs));
  }
  SECTION("what another lane is about to connect counts until that is given up") {
    h.wires.promise(songs, {{7}, 1});
    CHECK(h.choices("library").at(0) == "player:songs library:songs: it is connected already");
    h.wires.break_promises({{7}, 1});
    CHECK(h.choices("library").at(0) == "player:songs library:songs");
  }
}

TEST_CASE("a slot that takes one plug takes none of two, of any snaps") {
  host h{{{library.name, library.ends, "acme",
           "slots: {content: {allow-auto-connection: {plugs-per-slot: 1}}}\n"},
          player}};
  CHECK(h.choices("player").at(1) == "player:songs library:songs");
  h.put({"second", player.ends, "acme"});
  CHECK_THAT(h.choices("player").at(1), Contains("plugs-per-slot is 1"));
  CHECK_THAT(h.choices("library").at(0), Contains("plugs-per-slot is 1"));
}

TEST_CASE("a connection counts only while both ends are there") {
  host h{{library, player}};
  h.remember(songs, {"content", true});
  CHECK(h.wires.is_connected(songs));
  CHECK(h.wires.connected_to("library") == std::vector{songs});
  auto other = state_of({player.name, "plugs: {network: }\n", "acme"});
  other->connections = h.states.at("player")->connections;
  h.set(other);
  CHECK_FALSE(h.wires.is_connected(songs));
  CHECK(h.wires.remembered(songs));
  CHECK(h.wires.connected_to("library").empty());
}

TEST_CASE("a disconnect finds what is meant, in every way to say it") {
  host h{{library, player}};
  const connection_ref network{{"player", "network"}, {"snapd", "network"}};
  h.remember(songs, {"content", true});
  h.remember(network, {"network", true});
  const auto found = [&](endpoint_name plug, endpoint_name slot) {
    return h.wires.find_connected(plug, slot, false);
  };
  CHECK(found({}, {"player", "songs"}) == std::vector{songs});
  CHECK(found({}, {"library", "songs"}) == std::vector{songs});
  CHECK(found({"player", "songs"}, {"library", "songs"}) == std::vector{songs});
  CHECK(found({"player", "songs"}, {"library", ""}) == std::vector{songs});
  CHECK(found({"player", "network"}, {"", "network"}) == std::vector{network});
  CHECK(found({}, {"", "network"}) == std::vector{network});
  const auto refusal = [&](endpoint_name plug, endpoint_name slot) {
    return refusal_of([&] { found(plug, slot); });
  };
  CHECK(refusal({}, {"player", "camera"}) == "nothing to do: player:camera is not connected");
  CHECK(refusal({"player", "songs"}, {"snapd", "home"}) ==
        "nothing to do: player:songs and snapd:home are not connected");
  CHECK(refusal({}, {"player", "x"}) == "snap \"player\" has no plug or slot named \"x\"");
  CHECK(refusal({}, {"nobody", "x"}) == "snap \"nobody\" is not installed");
  CHECK(refusal({"player", "x"}, {"library", "songs"}) == "snap \"player\" has no plug named \"x\"");
  CHECK(refusal({}, {}) == "cannot disconnect: a plug or a slot must be named, as SNAP:NAME");
}

TEST_CASE("what is only remembered is found to be forgotten") {
  host h{{library, player}};
  h.remember(songs, {"content", true, true});
  CHECK_THROWS_AS(h.wires.find_connected({}, {"player", "songs"}, false), failure);
  CHECK(h.wires.find_connected({}, {"player", "songs"}, true) == std::vector{songs});
}
