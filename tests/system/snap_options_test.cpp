#include <catch2/catch.hpp>

#include "tests/support/hooked_pair.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

/// A snap whose configure hook runs these lines; a line that fails fails the hook.
snap_source configured_snap(const std::string& lines) {
  auto source = plain_snap("hello");
  source.hooks["configure"] = "#!/bin/sh\nset -e\n" + lines + "\n";
  return source;
}

struct options_world : world {
  json::value config() { return json::parse(fine({"get", "hello", "-d"}).out); }
};

} // namespace

TEST_CASE("the configure hook sees what is to be set, adds to it, and may refuse it") {
  TROUPE_NEEDS_ROOT();
  options_world w;
  install(w.api, w.make_snap(configured_snap(
                     "port=$(snapctl get server.port)\n"
                     "[ -z \"$port\" ] || snapctl set server.url=http://localhost:$port\n"
                     "[ \"$port\" != 1 ] || { echo 'port 1 is no good'; exit 1; }")));
  CHECK(w.config() == json::value(json::object{}));
  w.fine({"set", "hello", "server.port=8080", "name=web"});
  const auto expected =
      json::parse(R"({"server":{"port":8080,"url":"http://localhost:8080"},"name":"web"})");
  CHECK(w.config() == expected);
  CHECK(w.fine({"get", "hello", "server.port"}).out == "8080\n");

  auto refused = w.troupe({"set", "hello", "server.port=1", "name=other"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("port 1 is no good"));
  CHECK(w.config() == expected);

  w.fine({"unset", "hello", "server"});
  CHECK(w.config() == json::parse(R"({"name":"web"})"));
  w.daemon.restart();
  w.api = w.daemon.client();
  CHECK(w.config() == json::parse(R"({"name":"web"})"));
}

TEST_CASE("options that make no sense are refused, and nothing is set") {
  TROUPE_NEEDS_ROOT();
  options_world w;
  install(w.api, w.make_snap(configured_snap("true")));
  install(w.api, w.make_snap(plain_snap("bare")));
  const auto refusal = [&](const std::vector<std::string>& words, int code = 1) {
    const auto result = w.troupe(words);
    CHECK(result.exit_code == code);
    return result.err;
  };
  CHECK_THAT(refusal({"set", "hello", "Port=1"}), Contains("invalid option name: \"Port\""));
  CHECK_THAT(refusal({"set", "hello", "port"}, 64), Contains("KEY=VALUE"));
  CHECK_THAT(refusal({"set", "-t", "hello", "port=x"}, 64), Contains("is not JSON"));
  CHECK_THAT(refusal({"set", "bare", "port=1"}), Contains("it has no \"configure\" hook"));
  CHECK_THAT(refusal({"set", "nobody", "port=1"}), Contains("not installed"));
  CHECK_THAT(refusal({"get", "hello", "port"}), Contains("has no \"port\" configuration option"));
  w.fine({"set", "hello", "port=1"});
  CHECK_THAT(refusal({"set", "hello", "port.number=1"}), Contains("isn't a document"));
  CHECK(w.config() == json::parse(R"({"port":1})"));
}

TEST_CASE("hooks of a connection hand their attributes on, and both snaps keep them") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto player = plain_snap("player");
  player.yaml += "plugs:\n  music: {interface: content, content: songs, target: $SNAP/music}\n";
  player.hooks["prepare-plug-music"] = "#!/bin/sh\nset -e\nsnapctl set :music volume=7\n"
                                       "! snapctl set :music content=other\n";
  player.hooks["connect-plug-music"] =
      "#!/bin/sh\nset -e\nexec >$SNAP_COMMON/seen\nsnapctl get :music volume\n"
      "snapctl get --slot :music path\nsnapctl get --slot :music content\n"
      "snapctl is-connected music && echo connected\n! snapctl set :music volume=8 2>/dev/null\n"
      "snapctl is-undo || echo forward\n";
  player.hooks["disconnect-plug-music"] =
      "#!/bin/sh\nset -e\nsnapctl get --slot :music path >$SNAP_COMMON/left\n";
  player.hooks["unprepare-plug-music"] =
      "#!/bin/sh\nset -e\nsnapctl get --slot :music path >>$SNAP_COMMON/left\n"
      "snapctl is-connected music || echo disconnected >>$SNAP_COMMON/left\n";
  auto library = plain_snap("library");
  library.yaml += "slots:\n  songs: {interface: content, content: songs, read: [$SNAP/songs]}\n";
  library.hooks["prepare-slot-songs"] = "#!/bin/sh\nset -e\nvolume=$(snapctl get --plug :songs volume)\n"
                                        "snapctl set :songs path=/srv/$volume\nsnapctl set asked=yes\n";
  install(w.api, w.make_snap(player));
  install(w.api, w.make_snap(library));
  w.fine({"connect", "player:music", "library"});
  CHECK(read_file(w.common_data("player") / "seen") == "7\n/srv/7\nsongs\nconnected\nforward\n");
  CHECK(w.fine({"get", "library", "asked"}).out == "yes\n");
  auto known = connections(w).at("established").as_array().at(0).as_object();
  CHECK(known.at("plug-attrs").as_object().at("volume") == json::value(7));
  CHECK(known.at("slot-attrs").as_object().at("path") == json::value("/srv/7"));
  w.daemon.restart();
  w.api = w.daemon.client();
  CHECK(connections(w).at("established").as_array().at(0).as_object() == known);
  w.fine({"disconnect", "player:music"});
  CHECK(read_file(w.common_data("player") / "left") == "/srv/7\n/srv/7\ndisconnected\n");
}

TEST_CASE("what hooks have set is taken back with the connection that fails") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto player = plain_snap("player");
  player.yaml += "plugs:\n  music: {interface: content, content: songs, target: $SNAP/music}\n";
  player.hooks["prepare-plug-music"] = "#!/bin/sh\nset -e\nsnapctl set state.now=asking\n";
  player.hooks["connect-plug-music"] = "#!/bin/sh\nsnapctl set state.now=there\nexit 1\n";
  player.hooks["unprepare-plug-music"] = "#!/bin/sh\nset -e\nsnapctl is-undo >$SNAP_COMMON/told\n";
  auto library = plain_snap("library");
  library.yaml += "slots:\n  songs: {interface: content, content: songs, read: [$SNAP/songs]}\n";
  library.hooks["prepare-slot-songs"] = "#!/bin/sh\nsnapctl set count=1\n";
  install(w.api, w.make_snap(player));
  install(w.api, w.make_snap(library));
  CHECK(w.troupe({"connect", "player:music", "library"}).exit_code == 1);
  CHECK(w.fine({"get", "player", "-d"}).out == "{}\n");
  CHECK(w.fine({"get", "library", "-d"}).out == "{}\n");
  CHECK_THAT(read_file(w.common_data("player") / "told"), Contains("connect-plug-music"));
}

TEST_CASE("a hook's wish for services is carried out once it has ended, and undone with the change") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = configured_snap("case \"$(snapctl get web)\" in\n"
                                "off) snapctl stop --disable hello.web;;\n"
                                "on) snapctl start --enable hello.web;;\n"
                                "esac\nsnapctl services >$SNAP_COMMON/services");
  source.yaml += "  web: {command: bin/web, daemon: simple}\n";
  source.files["bin/web"] = "#!/bin/sh\nexec sleep 1000\n";
  install(w.api, w.make_snap(source));
  const auto services = [&] { return w.fine({"services"}).out; };
  CHECK_THAT(services(), Contains("enabled"));
  w.fine({"set", "hello", "web=off"});
  CHECK_THAT(read_file(w.common_data("hello") / "services"), Contains("hello.web  enabled  active"));
  CHECK_THAT(services(), Contains("disabled") && Contains("inactive"));
  w.fine({"set", "hello", "web=on"});
  CHECK_THAT(services(), Contains("enabled") && !Contains("inactive"));
  CHECK_THAT(w.fine({"tasks", "--last=configure"}).out,
             Contains("Start service \"web\" of snap \"hello\""));
  w.fine({"remove", "hello"});
}
