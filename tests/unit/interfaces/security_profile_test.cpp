#include <catch2/catch.hpp>

#include "runtime/interfaces/declaration_yaml.hpp"
#include "runtime/interfaces/known_interfaces.hpp"
#include "runtime/rules/security_profile_json.hpp"
#include "runtime/snap/snap_yaml.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

using names = std::set<std::string>;

constexpr auto player = R"(name: player
version: 1
apps:
  play: {command: bin/play, plugs: [network, files]}
  stop: {command: bin/stop}
hooks:
  configure:
plugs:
  camera:
  files: {interface: personal-files, read: [$HOME/.songs], write: [$HOME/.played]}
  music: {interface: content, content: songs, target: /music}
)";

security_profile profile_of_player(const std::map<connection_ref, connection>& connections,
                                   const snap_flags& flags = {}) {
  return profile_of("player", parse_snap_yaml(player), flags, connections, known_interfaces(), {});
}

connection_ref to_system(const std::string& plug, const std::string& slot) {
  return {{"player", plug}, {std::string{system_snap}, slot}};
}

} // namespace

TEST_CASE("a program without connections may do what the template says") {
  const auto profile =
      profile_of("player", parse_snap_yaml(player), {}, {}, known_interfaces(), template_grants());
  CHECK(profile.mode == confinement::strict);
  REQUIRE(profile.programs.size() == 3);
  for (const auto& [name, program] : profile.programs) {
    CHECK(program.may == template_grants());
    CHECK(program.shared.empty());
  }
  CHECK(template_grants().socket_families == names{"unix"});
  CHECK(template_grants().system_calls.contains("execve"));
  CHECK(!template_grants().system_calls.contains("ptrace"));
  CHECK(!template_grants().system_calls.contains("io_uring_setup"));
}

TEST_CASE("a connection lets those do something that its plug is for") {
  auto profile = profile_of_player({{to_system("network", "network"), {.interface = "network"}}});
  CHECK(profile.programs.at("app.play").may.socket_families == names{"inet", "inet6", "netlink"});
  CHECK(profile.programs.at("app.stop").may == grants{});

  profile = profile_of_player({{to_system("camera", "camera"), {.interface = "camera"}}});
  for (const auto* name : {"app.play", "app.stop", "hook.configure"})
    CHECK(profile.programs.at(name).may.write.contains("/dev/video*"));
}

TEST_CASE("paths that a plug names are granted with its connection") {
  const auto profile =
      profile_of_player({{to_system("files", "personal-files"), {.interface = "personal-files"}}});
  CHECK(profile.programs.at("app.play").may.read == names{"$HOME/.songs"});
  CHECK(profile.programs.at("app.play").may.write == names{"$HOME/.played"});
}

TEST_CASE("what isn't connected, or of another interface by now, grants nothing") {
  for (const auto& [ref, known] : std::vector<std::pair<connection_ref, connection>>{
           {to_system("camera", "camera"),
            {.interface = "camera", .automatic = true, .undesired = true}},
           {to_system("camera", "x11"), {.interface = "x11"}},
           {to_system("gone", "home"), {.interface = "home"}},
           {{{"other", "camera"}, {std::string{system_snap}, "camera"}}, {.interface = "camera"}}})
    for (const auto& [name, program] : profile_of_player({{ref, known}}).programs)
      CHECK(program.may == grants{});
}

TEST_CASE("content is shared where the plug wants it") {
  const connection_ref ref{{"player", "music"}, {"library", "songs"}};
  const auto profile = profile_of_player({{ref, {.interface = "content"}}});
  const std::vector<shared_with> expected{{ref.slot, "content", "$SNAP/music"}};
  CHECK(profile.programs.at("app.stop").shared == expected);
}

TEST_CASE("a slot shares the paths that it names, and none that lead out of the snap") {
  const auto shares = [](const std::string& slot) {
    return profile_of("library",
                      parse_snap_yaml("name: library\nversion: 1\nslots:\n  songs: " + slot + "\n"), {},
                      {}, known_interfaces(), {})
        .slots.at("songs");
  };
  CHECK(shares("{interface: content, read: [songs, /], write: [$SNAP_DATA/new]}") ==
        slot_share{"content", {"$SNAP/songs", "$SNAP"}, {"$SNAP_DATA/new"}, false});
  CHECK(shares("{interface: content, source: {read: [$SNAP/a, $SNAP/../../b]}}") ==
        slot_share{"content", {"$SNAP/a"}, {}, true});
  CHECK(shares("{interface: serial-port, path: /dev/ttyS0}") ==
        slot_share{"serial-port", {}, {"/dev/ttyS0"}, false});
  CHECK_THAT(
      known_interfaces().fault_of(rule_side::slot, {"x", "content", "", R"({"read":["$SNAP/../x"]})"}),
      Contains("has a part \"..\""));
}

TEST_CASE(
    "a plug or slot with attributes that it can't have grants and shares nothing, and harms nobody") {
  const auto of_yaml = [](const std::string& ends,
                          const std::map<connection_ref, connection>& known = {}) {
    return profile_of("odd",
                      parse_snap_yaml("name: odd\nversion: 1\napps: {run: {command: run}}\n" + ends), {},
                      known, known_interfaces(), {});
  };
  for (const auto* slot : {"{interface: content, read: 5}", "{interface: content, read: {a: b}}",
                           "{interface: content, source: 5}", "{interface: serial-port, path: [x]}"})
    CHECK(of_yaml("slots:\n  s: " + std::string{slot} + "\n").slots.empty());
  CHECK(of_yaml("slots:\n  s: {interface: content, source: {read: [1, {a: b}, x], write: 7}}\n")
            .slots.at("s") == slot_share{"content", {"$SNAP/x"}, {}, true});
  for (const auto* plug :
       {"{interface: shared-memory, private: 5}", "{interface: personal-files, read: 5}"}) {
    const std::string text{plug};
    const auto interface = text.substr(12, text.find(',') - 12);
    const auto profile =
        of_yaml("plugs:\n  p: " + text + "\n",
                {{{{"odd", "p"}, {std::string{system_snap}, interface}}, {.interface = interface}}});
    CHECK(profile.programs.at("app.run") == program_profile{});
  }
}

TEST_CASE("flags say how a snap is confined, else it says so itself") {
  snap_info info;
  CHECK(mode_of(info, {}) == confinement::strict);
  CHECK(mode_of(info, {.devmode = true}) == confinement::devmode);
  CHECK(mode_of(info, {.classic = true}) == confinement::strict);
  info.confinement = confinement::devmode;
  CHECK(mode_of(info, {}) == confinement::devmode);
  CHECK(mode_of(info, {.jailmode = true}) == confinement::strict);
  info.confinement = confinement::classic;
  CHECK(mode_of(info, {.classic = true}) == confinement::classic);
  CHECK(mode_of(info, {.jailmode = true}) == confinement::strict);
}

TEST_CASE("a launcher reads of a profile what the daemon has written") {
  auto profile =
      profile_of_player({{to_system("network", "network"), {.interface = "network"}},
                         {{{"player", "music"}, {"library", "songs"}}, {.interface = "content"}}});
  profile.base = "base";
  profile.slots["out"] = {"content", {"$SNAP/a"}, {"$SNAP_DATA/b"}, true};
  int compiled = 0;
  const auto text = to_text(profile, [&](const grants& may) {
    ++compiled;
    return std::vector{std::string{"guard"},
                       std::string{"\0filter of ", 11} + std::to_string(may.socket_families.size())};
  });
  CHECK(compiled == 3);
  const auto read = launch_profile_in(text, "app.play");
  CHECK(read.mode == confinement::strict);
  CHECK(read.base == "base");
  CHECK(read.program == profile.programs.at("app.play"));
  CHECK(read.filters == std::vector{std::string{"guard"}, std::string{"\0filter of ", 11} + "3"});
  CHECK(launch_profile_in(text, "hook.configure").filters.back().ends_with("0"));
  CHECK_THROWS_WITH(launch_profile_in(text, "app.gone"), Contains("app.gone"));
  CHECK(share_in(text, "out", "content") == profile.slots.at("out"));
  CHECK(!share_in(text, "out", "serial-port"));
  CHECK(!share_in(text, "none", "content"));
}

TEST_CASE("a profile that makes no sense is refused, and crashes nobody") {
  for (const std::string text :
       {"", "[]", "{}", R"({"programs":{"app.x":3}})", R"({"programs":{"app.x":{}}})",
        R"({"programs":{"app.x":{"shared":[7]}}})",
        R"({"programs":{"app.x":{"shared":[],"filters":["1"]}},"filters":{"1":"zz"}})"})
    CHECK_THROWS_AS(launch_profile_in(text, "app.x"), failure);
}
