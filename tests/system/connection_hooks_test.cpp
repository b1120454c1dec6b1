#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>

#include "tests/support/hooked_pair.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

using names = std::vector<std::string>;

const names way_in{"player:prepare-plug-music", "library:prepare-slot-music",
                   "player:connect-plug-music", "library:connect-slot-music"};
const names way_out{"library:disconnect-slot-music", "player:disconnect-plug-music",
                    "library:unprepare-slot-music", "player:unprepare-plug-music"};

/// What runs where the hook at this place fails: all before it, it, and back what undoes all before it.
names until(const names& way, const names& way_back, std::size_t failing) {
  names result(way.begin(),
               way.begin() + static_cast<std::ptrdiff_t>(std::min(failing + 1, way.size())));
  for (auto place = failing; place-- > 0;)
    result.push_back(way_back[way.size() - 1 - place] + "!");
  return result;
}

/// A daemon whose store has both snaps.
struct pair_world : world {
  hooked_pair pair{*this};

  pair_world() {
    pair.offer_library("1.0");
    pair.offer_player("1.0");
    pair.fail_in("");
  }

  void must(const names& words) { fine(words); }
  bool is_connected() { return !connections(*this).at("established").as_array().empty(); }

  /// Both snaps, their revisions, connections and profiles.
  json::value picture() {
    json::array result{connections(*this)};
    for (const auto& item : list_snaps(api)) {
      const auto& snap = item.as_object();
      result.push_back({text(snap, "name"), text(snap, "revision"), text(snap, "status")});
    }
    json::object profiles;
    for (const auto& file : std::filesystem::directory_iterator{in_root("var/lib/snapd/profiles")})
      profiles[file.path().filename().string()] = read_file(file.path());
    result.emplace_back(std::move(profiles));
    return result;
  }
};

/// For each hook of the way: it fails, and all is as before; what has run is what had to be undone. With
/// none failing it succeeds.
void check_each_failure(pair_world& w, const names& command, const names& way, const names& way_back,
                        const names& last, hooked_pair::failing how = hooked_pair::failing::exits) {
  w.pair.ran();
  for (std::size_t failing = 0; failing < way.size() + last.size(); ++failing) {
    const auto hook = failing < way.size() ? way[failing] : last[failing - way.size()];
    INFO(command.front() << " with failing " << hook);
    const auto before = w.picture();
    w.pair.fail_in(hook, how);
    const auto result = w.troupe(command);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains(hook.substr(hook.find(':') + 1)));
    CHECK(w.pair.ran() == until(way, way_back, std::min(failing, way.size())));
    CHECK(json::write(w.picture()) == json::write(before));
    if (failing > 0)
      CHECK_THAT(read_file(w.where.work() / "told"), Contains(hook.substr(hook.find(':') + 1)));
  }
  w.pair.fail_in("");
  w.must(command);
  CHECK(w.pair.ran() == way);
}

} // namespace

TEST_CASE("each hook of a connect that fails is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  REQUIRE(w.is_connected());
  w.must({"disconnect", "player:music"});
  CHECK_FALSE(w.is_connected());
  check_each_failure(w, {"connect", "player:music", "library:music"}, way_in, way_out, {});
  CHECK(w.is_connected());
}

TEST_CASE("each hook of a connect or disconnect that is killed is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  const auto killed = hooked_pair::failing::killed;
  check_each_failure(w, {"disconnect", "player:music"}, way_out, way_in, {}, killed);
  check_each_failure(w, {"connect", "player:music", "library:music"}, way_in, way_out, {}, killed);
}

TEST_CASE("a connect or disconnect that is aborted while a hook hangs is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  const auto check = [&](const std::string& action, const names& way, const names& way_back) {
    for (std::size_t hanging = 0; hanging < way.size(); ++hanging) {
      INFO(action << " with hanging " << way[hanging]);
      const auto before = w.picture();
      std::filesystem::remove(w.pair.hanging());
      w.pair.fail_in(way[hanging], hooked_pair::failing::hangs);
      w.pair.ran();
      const auto end = [](const std::string& snap, const std::string& side) {
        return json::array{json::object{{"snap", snap}, {side, "music"}}};
      };
      const auto id =
          change_of(w.api.post("/v2/interfaces", json::object{{"action", action},
                                                              {"plugs", end("player", "plug")},
                                                              {"slots", end("library", "slot")}}));
      REQUIRE(eventually([&] { return std::filesystem::exists(w.pair.hanging()); }));
      w.must({"abort", id});
      CHECK(text(wait_for_change(w.api, id), "status") == "Error");
      CHECK(w.pair.ran() == until(way, way_back, hanging));
      CHECK(json::write(w.picture()) == json::write(before));
    }
    w.pair.fail_in("");
    w.must({action, "player:music", "library:music"});
  };
  check("disconnect", way_out, way_in);
  check("connect", way_in, way_out);
}

TEST_CASE("a connect that the rules forbid with what a hook has set is undone with its hooks") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.pair.declare_library("slots:\n  content:\n    deny-connection:\n      plug-attributes: {mood: sad}\n"
                         "    deny-auto-connection: true\n");
  w.must({"install", "library"});
  w.must({"install", "player"});
  REQUIRE_FALSE(w.is_connected());
  w.pair.set_mood("sad");
  const auto before = w.picture();
  const auto result = w.troupe({"connect", "player:music", "library:music"});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("connection denied by slot snap-declaration"));
  CHECK(w.pair.ran() == names{"player:prepare-plug-music", "library:prepare-slot-music",
                              "library:unprepare-slot-music!", "player:unprepare-plug-music!"});
  CHECK(json::write(w.picture()) == json::write(before));
  w.pair.set_mood("merry");
  w.must({"connect", "player:music", "library:music"});
  CHECK(w.pair.ran() == way_in);
}

TEST_CASE(
    "an automatic connect that the rules forbid with what a hook has set undoes install and refresh") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.pair.declare_library("slots:\n  content:\n    deny-auto-connection:\n"
                         "      plug-attributes: {mood: sad}\n");
  w.must({"install", "library"});
  const names undone{"player:prepare-plug-music", "library:prepare-slot-music",
                     "library:unprepare-slot-music!", "player:unprepare-plug-music!"};
  const auto check = [&](const std::string& action) {
    INFO(action);
    w.pair.set_mood("sad");
    const auto before = w.picture();
    const auto result = w.troupe({action, "player"});
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("auto-connection denied by slot snap-declaration"));
    CHECK(w.pair.ran() == undone);
    CHECK(json::write(w.picture()) == json::write(before));
    w.pair.set_mood("merry");
  };
  check("install");
  w.pair.offer_player("2.0", false);
  w.must({"install", "player"});
  w.pair.offer_player("3.0");
  check("refresh");
  // What has failed is passed over from then on.
  w.pair.offer_player("4.0");
  w.must({"refresh", "player"});
  CHECK(w.is_connected());
}

TEST_CASE("a peer that is removed while a hook of the connection hangs leaves neither half connected") {
  TROUPE_NEEDS_ROOT();
  for (const bool is_aborted : {false, true}) {
    INFO((is_aborted ? "aborted" : "killed"));
    pair_world w;
    w.must({"install", "library"});
    w.pair.fail_in("player:connect-plug-music", hooked_pair::failing::hangs);
    const auto id = change_of(
        w.api.post("/v2/snaps", json::object{{"action", "install"}, {"snaps", json::array{"player"}}}));
    REQUIRE(eventually([&] { return std::filesystem::exists(w.pair.hanging()); }));
    const auto removal = change_of(
        w.api.post("/v2/snaps", json::object{{"action", "remove"}, {"snaps", json::array{"library"}}}));
    w.pair.fail_in("");
    if (is_aborted) {
      w.must({"abort", id});
    } else {
      for (const auto process : processes_with("TROUPE_HOOK_ROOT", w.root().string()))
        kill(process, SIGKILL);
    }
    CHECK(text(wait_for_change(w.api, id), "status") == "Error");
    CHECK(text(wait_for_change(w.api, removal), "status") == "Done");
    CHECK_FALSE(w.is_connected());
    CHECK(lasting_leftovers(w.root()) == names{});
  }
}

TEST_CASE("each hook of a disconnect that fails is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  check_each_failure(w, {"disconnect", "player:music"}, way_out, way_in, {});
  CHECK_FALSE(w.is_connected());
}

TEST_CASE("each hook of what an install of a plug connects is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  check_each_failure(w, {"install", "player"}, way_in, way_out, {"player:configure"});
  CHECK(w.is_connected());
}

TEST_CASE("each hook of what an install of a slot connects is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "player"});
  check_each_failure(w, {"install", "library"}, way_in, way_out, {"library:configure"});
  CHECK(w.is_connected());
}

TEST_CASE("each hook of what a refresh connects is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.pair.offer_player("2.0", false);
  w.must({"install", "player"});
  CHECK(w.pair.ran() == names{});
  w.pair.offer_player("3.0");
  check_each_failure(w, {"refresh", "player"}, way_in, way_out, {"player:configure"});
  CHECK(w.is_connected());

  w.pair.offer_player("4.0");
  w.must({"refresh", "player"});
  CHECK(w.pair.ran() == names{});
  CHECK(w.is_connected());
  w.must({"revert", "player"});
  CHECK(w.pair.ran() == names{});
  CHECK(w.is_connected());
}

TEST_CASE("each hook of what a remove disconnects is undone as far as it was done") {
  TROUPE_NEEDS_ROOT();
  for (const std::string snap : {"player", "library"}) {
    INFO(snap);
    pair_world w;
    w.must({"install", "library"});
    w.must({"install", "player"});
    check_each_failure(w, {"remove", snap}, way_out, way_in, {});
    CHECK_FALSE(w.is_connected());
    w.must({"remove", snap == "player" ? "library" : "player"});
    CHECK(lasting_leftovers(w.root()) == names{});
  }
}

TEST_CASE("what was disconnected by hand stays so, unless it is forgotten") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  w.must({"disconnect", "player:music", "library:music"});
  CHECK(connections(w).at("undesired").as_array().size() == 1);
  w.pair.offer_player("2.0");
  w.must({"refresh", "player"});
  CHECK_FALSE(w.is_connected());
  const auto nothing = w.troupe({"disconnect", "player:music"});
  CHECK(nothing.exit_code == 1);
  CHECK_THAT(nothing.err, Contains("not connected"));

  w.must({"disconnect", "player:music", "--forget"});
  CHECK(connections(w).at("undesired").as_array().empty());
  w.pair.offer_player("3.0");
  w.must({"refresh", "player"});
  CHECK(w.is_connected());
}

TEST_CASE("unprepare hooks of an automatic connection read the attributes that it had") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("player");
  source.yaml += "plugs: {network: }\n";
  source.hooks["prepare-plug-network"] = "#!/bin/sh\nsnapctl set :network port=7\n";
  source.hooks["unprepare-plug-network"] =
      "#!/bin/sh\nset -e\nsnapctl get :network port >$SNAP_COMMON/left\n";
  install(w.api, w.make_snap(source));
  w.fine({"disconnect", "player:network"});
  CHECK(read_file(w.common_data("player") / "left") == "7\n");
}

TEST_CASE("a connection to a disabled snap can be forgotten, and runs no hook then") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  w.must({"disable", "library"});
  CHECK_FALSE(w.is_connected());
  w.pair.ran();
  w.must({"disconnect", "player:music", "library:music", "--forget"});
  CHECK(w.pair.ran() == names{});
  w.must({"enable", "library"});
  CHECK_FALSE(w.is_connected());
}

TEST_CASE("a snap that may not have a slot isn't installed") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = plain_snap("hello");
  source.yaml += "slots: {network: }\n";
  const auto refused = w.troupe({"install", "--dangerous", w.make_snap(source).string()});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err,
             Contains("installation not allowed by slot base-declaration") && Contains("\"network\""));
  CHECK(lasting_leftovers(w.root()) == names{});
}

TEST_CASE("a request that names no plug and slot as it should changes nothing") {
  TROUPE_NEEDS_ROOT();
  pair_world w;
  w.must({"install", "library"});
  w.must({"install", "player"});
  const auto message = [&](const json::object& body) {
    try {
      result_of(w.api.post("/v2/interfaces", body));
      return std::string{};
    } catch (const failure& why) {
      return std::string{why.what()};
    }
  };
  const json::object library{{"snap", "library"}, {"slot", "music"}};
  CHECK_THAT(
      message({{"action", "disconnect"}, {"plugs", json::object{}}, {"slots", json::array{library}}}),
      Contains("\"plugs\" must be a list"));
  CHECK_THAT(message({{"action", "disconnect"}, {"plugs", json::array{"x"}}}),
             Contains("must be an object"));
  CHECK_THAT(message({{"action", "disconnect"}}), Contains("must be named"));
  CHECK_THAT(message({{"action", "fly"}}), Contains("unknown action \"fly\""));
  CHECK_THAT(message({{"action", "disconnect"}, {"slots", json::array{library, library}}}),
             Contains("name one at a time"));
  CHECK(w.is_connected());
}
