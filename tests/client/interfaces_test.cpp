#include <catch2/catch.hpp>

#include "tests/client/snap_client.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

snap_source player_snap() {
  auto source = plain_snap("player");
  source.yaml += "plugs:\n  camera:\n  network:\n"
                 "  music: {interface: content, content: songs, target: $SNAP/music}\n";
  source.hooks["configure"] = "#!/bin/sh\n";
  return source;
}

snap_source library_snap() {
  auto source = plain_snap("library");
  source.yaml += "slots:\n  songs: {interface: content, content: songs, read: [$SNAP/songs]}\n";
  return source;
}

} // namespace

TEST_CASE("snap connects, lists and disconnects plugs and slots in every abbreviation") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  const auto fine = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    INFO(words.front() << ": " << result.err);
    CHECK(result.exit_code == 0);
    return in_one_line(result.out + result.err);
  };
  const auto refused = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    CHECK(result.exit_code == 1);
    return in_one_line(result.err);
  };
  install(w.api, w.make_snap(player_snap()));
  install(w.api, w.make_snap(library_snap()));
  CHECK_THAT(fine({"connections"}), Contains("network player:network :network -"));
  CHECK_THAT(fine({"connections", "player"}),
             Contains("camera player:camera - -") && Contains("player:music - -"));

  fine({"connect", "player:camera"});
  fine({"connect", "player:music", "library"});
  CHECK_THAT(fine({"connections", "--all"}), Contains("camera player:camera :camera manual") &&
                                                 Contains("player:music library:songs manual"));
  fine({"disconnect", "player:camera", ":camera"});
  fine({"connect", "player:camera", ":camera"});
  fine({"disconnect", "player:camera"});
  fine({"disconnect", "player:music", "library:songs"});
  fine({"connect", "player:music", "library:songs"});
  fine({"connect", "player:music", "library:songs"});
  fine({"disconnect", "library:songs"});
  CHECK_THAT(refused({"connect", "player:none"}), Contains("has no plug named \"none\""));
  CHECK_THAT(refused({"connect", "player:music", "library:none"}),
             Contains("has no slot named \"none\""));
  CHECK_THAT(refused({"connect", "player:network", "library:songs"}), Contains("different interfaces"));
  CHECK_THAT(refused({"connect", "nobody:x"}), Contains("\"nobody\" not found"));
  CHECK_THAT(fine({"disconnect", "player:music"}), Contains("No connections to disconnect"));

  fine({"disconnect", "player:network"});
  CHECK_THAT(fine({"connections", "player"}), Contains("network player:network - -"));
  fine({"disconnect", "player:network", "--forget"});

  CHECK_THAT(fine({"interface", "--all"}), Contains("camera lets applications use all cameras"));
  CHECK_THAT(fine({"interface", "content", "--attrs"}),
             Contains("name: content") && Contains("- player:music") && Contains("content: songs") &&
                 Contains("- library:songs"));
  CHECK_THAT(fine({"interfaces"}), Contains(":camera"));
}

TEST_CASE("snap sets, gets and unsets options of a snap by its configure hook") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  install(w.api, w.make_snap(player_snap()));
  const auto fine = [&](const std::vector<std::string>& words) {
    auto result = w.snap(words);
    INFO(words.front() << ": " << result.err);
    CHECK(result.exit_code == 0);
    return result.out;
  };
  fine({"set", "player", "server.port=8080", "name=web"});
  CHECK(fine({"get", "player", "server.port"}) == "8080\n");
  CHECK(json::parse(fine({"get", "-d", "player"})) ==
        json::parse(R"({"name":"web","server":{"port":8080}})"));
  fine({"unset", "player", "server.port"});
  CHECK(w.snap({"get", "player", "server.port"}).exit_code == 1);
  CHECK_THAT(w.snap({"set", "player", "Port=1"}).err, Contains("invalid option name"));
}

TEST_CASE("the real snapctl gets and sets options and attributes in hooks") {
  TROUPE_NEEDS_ROOT();
  client_world w;
  const std::string begin = "#!/bin/sh\nset -e\nexport SNAPPY_GLOBAL_ROOT=$TROUPE_ROOT "
                            "SNAP_REEXEC=0\nsnapctl=$SNAP/bin/snapctl\n";
  auto player = player_snap();
  player.files["bin/snapctl"] = read_file(snap_client().parent_path() / "snapctl");
  player.hooks["configure"] = begin + "$snapctl set a.b=1 c=text\n$snapctl unset c\n"
                                      "$snapctl get a >$SNAP_COMMON/said\n"
                                      "$snapctl get -t a.b >>$SNAP_COMMON/said\n";
  player.hooks["prepare-plug-music"] = begin + "$snapctl set :music volume=7\n";
  player.hooks["connect-plug-music"] = begin +
                                       "$snapctl get :music volume >>$SNAP_COMMON/said\n"
                                       "$snapctl get --slot :music content >>$SNAP_COMMON/said\n"
                                       "$snapctl is-connected music && echo yes >>$SNAP_COMMON/said\n"
                                       "$snapctl is-connected camera || echo $? >>$SNAP_COMMON/said\n"
                                       "$snapctl services >/dev/null\n$snapctl system-mode >/dev/null\n";
  install(w.api, w.make_snap(player));
  install(w.api, w.make_snap(library_snap()));
  const auto connected = w.snap({"connect", "player:music", "library:songs"});
  INFO(connected.err);
  CHECK(connected.exit_code == 0);
  CHECK(read_file(w.common_data("player") / "said") == "{\"b\":1}\n1\n7\nsongs\nyes\n1\n");
}
