#include "runtime/snap/snap_yaml.hpp"

#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"

using namespace troupe;
using Catch::Contains;
using texts = std::vector<std::string>;

namespace {

const std::string minimal = "name: hello\nversion: 1.0\n";

snap_info with(const std::string& more) { return parse_snap_yaml(minimal + more); }

std::string attributes_of(const std::string& yaml) {
  return with("plugs:\n  data:\n    interface: content\n" + yaml).plugs.at(0).attributes;
}

} // namespace

TEST_CASE("a minimal snap.yaml has the defaults of the rest") {
  auto info = parse_snap_yaml(minimal);
  snap_info expected;
  expected.name = "hello";
  expected.version = "1.0";
  CHECK(info == expected);
}

TEST_CASE("every key of snap.yaml is read") {
  auto info = parse_snap_yaml(R"(
name: hello
version: "2.0~rc1"
type: app
base: core22
title: Hello
summary: Says hello
description: |
  Line one.
  Line two.
license: MIT
confinement: classic
grade: stable
epoch: 1*
architectures: [amd64, arm64]
assumes: [snapd2.38]
environment: {GREETING: hi, COUNT: 3}
refresh-pending-behavior: block
layout: {/etc/x: {bind: $SNAP/etc/x}}
something-new: [1, 2]
apps:
  svc:
    command: bin/svc -x $SNAP_DATA
    command-chain: [bin/wrap]
    stop-command: bin/stop
    daemon: forking
    restart-condition: on-failure
    post-stop-command: bin/clean
    reload-command: bin/reload -q
    start-timeout: 2s
    stop-timeout: 1m30s
    restart-delay: 1s
    after: [db]
    refresh-mode: endure
    environment: {A: "1"}
    plugs: [network]
    slots: [dbus-svc]
  db: {command: bin/db, daemon: simple, before: [svc]}
  hello: {command: bin/hello, aliases: [hi], refresh-mode: ignore-running}
hooks:
  configure: {plugs: [home], environment: {B: "2"}, command-chain: [bin/wrap]}
  install:
plugs:
  x11: desktop
slots:
  dbus-svc: {interface: dbus, bus: system, name: org.hello, label: The bus}
)");
  CHECK(info.version == "2.0~rc1");
  CHECK(info.base == "core22");
  CHECK(info.title == "Hello");
  CHECK(info.summary == "Says hello");
  CHECK(info.description == "Line one.\nLine two.\n");
  CHECK(info.license == "MIT");
  CHECK(info.confinement == confinement::classic);
  CHECK(info.grade == "stable");
  CHECK(info.epoch == epoch{{0, 1}, {1}});
  CHECK(info.architectures == texts{"amd64", "arm64"});
  CHECK(info.assumes == texts{"snapd2.38"});
  CHECK(info.environment == std::map<std::string, std::string>{{"GREETING", "hi"}, {"COUNT", "3"}});
  CHECK(info.refresh_pending_behavior == "block");

  REQUIRE(info.apps.size() == 3);
  CHECK(info.apps[0].name == "db");
  CHECK(info.apps[1].aliases == texts{"hi"});
  const auto* svc = info.find_app("svc");
  REQUIRE(svc);
  CHECK(svc->command == "bin/svc -x $SNAP_DATA");
  CHECK(svc->command_chain == texts{"bin/wrap"});
  CHECK(svc->stop_command == "bin/stop");
  CHECK(svc->daemon == "forking");
  CHECK(svc->restart_condition == "on-failure");
  CHECK(svc->stop_timeout_ms == 90'000);
  CHECK(svc->start_timeout_ms == 2'000);
  CHECK(svc->restart_delay_ms == 1'000);
  CHECK(svc->post_stop_command == "bin/clean");
  CHECK(svc->reload_command == "bin/reload -q");
  CHECK(svc->after == texts{"db"});
  CHECK(svc->refresh_mode == "endure");
  CHECK(svc->environment.at("A") == "1");

  REQUIRE(info.hooks.size() == 2);
  CHECK(info.hooks[0].name == "configure");
  CHECK(info.hooks[0].command_chain == texts{"bin/wrap"});
  CHECK(info.has_hook("install"));

  std::vector<endpoint_info> plugs{
      {"home", "home", "", "{}"}, {"network", "network", "", "{}"}, {"x11", "desktop", "", "{}"}};
  CHECK(info.plugs == plugs);
  REQUIRE(info.slots.size() == 1);
  CHECK(info.slots[0].interface == "dbus");
  CHECK(info.slots[0].label == "The bus");
  CHECK(info.slots[0].attributes == R"({"bus":"system","name":"org.hello"})");
}

TEST_CASE("scalars are kept as written") {
  CHECK(parse_snap_yaml("name: hello\nversion: 1.10\n").version == "1.10");
  CHECK(parse_snap_yaml("name: hello\nversion: 007\n").version == "007");
  CHECK(parse_snap_yaml("name: hello\nversion: 1e3\n").version == "1e3");
}

TEST_CASE("types have their words") {
  CHECK(with("type: base\n").type == snap_type::base);
  CHECK(with("type: os\n").type == snap_type::os);
  CHECK(with("type: core\n").type == snap_type::os);
  CHECK(with("type: snapd\n").type == snap_type::snapd);
  CHECK(with("type: kernel\n").type == snap_type::kernel);
  CHECK(with("type: gadget\n").type == snap_type::gadget);
  CHECK(with("base: none\n").base == "none");
}

TEST_CASE("attributes of any YAML type become JSON") {
  CHECK(attributes_of("    a: text\n") == R"({"a":"text"})");
  CHECK(attributes_of("    a: '1'\n") == R"({"a":"1"})");
  CHECK(attributes_of("    a: [1, -2, 0x10, 010, 18446744073709551615]\n") ==
        R"({"a":[1,-2,16,8,18446744073709551615]})");
  CHECK(json::parse_object(attributes_of("    a: [1.5, .5, 1e2, +2.0]\n")) ==
        json::object{{"a", {1.5, 0.5, 100.0, 2.0}}});
  CHECK(attributes_of("    a: [true, no, ON, off]\n") == R"({"a":[true,false,true,false]})");
  CHECK(attributes_of("    a: ~\n    b:\n") == R"({"a":null,"b":null})");
  CHECK(attributes_of("    a: [.inf, .nan, 1e999, inf, nan, 1_0, 1.2.3, 08x]\n") ==
        R"({"a":[".inf",".nan","1e999","inf","nan","1_0","1.2.3","08x"]})");
  CHECK(attributes_of("    a: {b: {c: []}}\n") == R"({"a":{"b":{"c":[]}}})");
  CHECK(attributes_of("    a: !!str 12\n    b: |\n      12\n") == R"({"a":"12","b":"12\n"})");
}

TEST_CASE("a plug without anything has the interface of its name") {
  auto info = with("plugs:\n  home:\n  a: {}\nslots: {s: null}\n");
  CHECK(info.plugs == std::vector<endpoint_info>{{"a", "a", "", "{}"}, {"home", "home", "", "{}"}});
  CHECK(info.slots == std::vector<endpoint_info>{{"s", "s", "", "{}"}});
}

TEST_CASE("an alias of YAML may repeat what is small") {
  auto info = with("apps:\n  one: &app {command: bin/x}\n  two: *app\n");
  CHECK(info.find_app("two")->command == "bin/x");
}

TEST_CASE("wrong metadata is refused with its place") {
  struct row {
    std::string yaml;
    std::string says;
  };
  auto row_of = GENERATE(values<row>({
      {"version: 1\n", "\"name\" is missing"},
      {"name:\nversion: 1\n", "invalid snap name: \"\""},
      {"name: hello\n", "\"version\" is missing"},
      {"name: hello\nversion:\n", "invalid snap version: \"\""},
      {"name: hello\nversion: [1]\n", "line 2: \"version\" must be text"},
      {"name: Hello\nversion: 1\n", "line 1: invalid snap name: \"Hello\""},
      {"name: ../../etc\nversion: 1\n", "invalid snap name: \"../../etc\""},
      {"name: hello_x\nversion: 1\n", "invalid snap name"},
      {"name: hello\nversion: 1/2\n", "invalid snap version: \"1/2\""},
      {"name: hello\nversion: -1\n", "invalid snap version: \"-1\""},
      {"name: hello\nversion: 1.\n", "invalid snap version: \"1.\""},
      {"name: hello\nversion: " + std::string(33, '1') + "\n", "1 to 32"},
      {"name: hello\nname: other\nversion: 1\n", "\"name\" stands twice"},
      {minimal + "type: application\n", "line 3: invalid snap type: \"application\""},
      {minimal + "base: Core22\n", "invalid base"},
      {minimal + "base: ../core\n", "invalid base"},
      {minimal + "base: hello\n", "its own base"},
      {minimal + "type: base\nbase: core22\n", "can't have a base"},
      {minimal + "confinement: none\n", "invalid confinement: \"none\""},
      {minimal + "title: " + std::string(41, 'x') + "\n", "\"title\" is longer than 40"},
      {minimal + "summary: " + std::string(129, 'x') + "\n", "\"summary\" is longer than 128"},
      {minimal + "description: " + std::string(4097, 'x') + "\n", "\"description\" is longer than 4096"},
      {minimal + "architectures: amd64\n", "\"architectures\" must be a list"},
      {minimal + "architectures: [../x]\n", "invalid architecture: \"../x\""},
      {minimal + "assumes: [[a]]\n", "an item of \"assumes\" must be text"},
      {minimal + "environment: [A]\n", "\"environment\" must be a map"},
      {minimal + "environment: {\"A=B\": c}\n", "\"A=B\" can't name a variable"},
      {minimal + "environment: {A: \"x\\0y\"}\n", "NUL character"},
      {minimal + "refresh-pending-behavior: maybe\n", "only block or allow"},
      {minimal + "hooks: {Install: {}}\n", "invalid hook name: \"Install\""},
      {minimal + "hooks: {../x: {}}\n", "invalid hook name: \"../x\""},
      {minimal + "hooks: [install]\n", "\"hooks\" must be a map"},
      {minimal + "plugs: [home]\n", "\"plugs\" must be a map"},
      {minimal + "plugs: {Home: }\n", "invalid plug name: \"Home\""},
      {minimal + "plugs: {home: [a]}\n", "plug \"home\" must be nothing"},
      {minimal + "plugs: {home: {interface: X}}\n", "invalid interface name: \"X\""},
      {minimal + "plugs: {home: {interface: [x]}}\n", "\"interface\" must be text"},
      {minimal + "plugs: {home: {$a: 1}}\n", "reserved attribute \"$a\""},
      {minimal + "plugs: {home: {a: {? [1] : 2}}}\n", "a key of \"a\" must be text"},
      {minimal + "slots: {s: }\nplugs: {s: }\n", "same name: \"s\""},
      {minimal + "<<: {type: base}\n", "merge keys"},
      {"[name, version]", "must be a map"},
      {"hello", "must be a map"},
      {"", "\"name\" is missing"},
      {"name: [hello\nversion: 1\n", "line "},
      {"name: *nothing\n", "line 1"},
      {"\tname: hello\n", "line 1"},
      {std::string{"name: he\0llo\n", 13}, "line 1: a control character"},
      {"name: hello\nversion: 1\x04\ntype: nonsense\n", "line 2: a control character"},
      {"name: h\xff\xfe\n", "isn't UTF-8"},
      {"name: h\xed\xa0\x80\n", "isn't UTF-8"},
      {"name: hello\nversion: 1\nplugs: {home: {read: \"a\\_b\"}}\n", "line 3: a text isn't UTF-8"},
      {"name: hello\nversion: 1\nplugs: {home: {\"\\N\": 1}}\n", "line 3: a text isn't UTF-8"},
  }));
  INFO(row_of.yaml);
  CHECK_THROWS_AS(parse_snap_yaml(row_of.yaml), failure);
  CHECK_THROWS_WITH(parse_snap_yaml(row_of.yaml),
                    Catch::StartsWith("cannot read meta/snap.yaml: ") && Contains(row_of.says));
}

TEST_CASE("wrong applications are refused with their place") {
  struct row {
    std::string app;
    std::string says;
  };
  auto row_of = GENERATE(values<row>({
      {"bad_name: {command: x}", "invalid app name: \"bad_name\""},
      {"../x: {command: x}", "invalid app name: \"../x\""},
      {"\"\": {command: x}", "invalid app name: \"\""},
      {"a: {}", "app \"a\" has no \"command\""},
      {"a:", "app \"a\" has no \"command\""},
      {"a: bin/x", "\"app \"a\"\" must be a map"},
      {"a: {command: /bin/sh}", "must be relative to the snap"},
      {"a: {command: \" /bin/sh\"}", "must be relative to the snap"},
      {"a: {command: ../../bin/sh}", "leads out of the snap"},
      {"a: {command: bin/../../x}", "leads out of the snap"},
      {"a: {command: ..}", "leads out of the snap"},
      {"a: {command: .}", "names a directory"},
      {"a: {command: bin/}", "names a directory"},
      {"a: {command: \"  \"}", "names no file"},
      {"a: {command: $SNAP/bin/x}", "without variables"},
      {"a: {command: \"bin/x; reboot\"}", "may hold only"},
      {"a: {command: \"bin/x\\n\"}", "may hold only"},
      {"a: {command: [bin/x]}", "\"command\" must be text"},
      {"a: {command: x, command-chain: [/bin/sh]}", "\"command-chain\""},
      {"a: {command: x, command-chain: [../x]}", "leads out of the snap"},
      {"a: {command: x, command-chain: [\"b c\"]}", "can't have arguments"},
      {"a: {command: x, command-chain: [\"\"]}", "names no file"},
      {"a: {command: x, daemon: simple, stop-command: ../y}", "\"stop-command\""},
      {"a: {command: x, daemon: sometimes}", "\"daemon\" can't be \"sometimes\""},
      {"a: {command: x, restart-condition: often}", "\"restart-condition\" can't be"},
      {"a: {command: x, stop-timeout: 30}", "only a time such as 30s"},
      {"a: {command: x, stop-timeout: -1s}", "only a time such as 30s"},
      {"a: {command: x, start-timeout: soon}", "only a time such as 30s"},
      {"a: {command: x, restart-delay: 5}", "only a time such as 30s"},
      {"a: {command: x, reload-command: /bin/sh}", "must be relative to the snap"},
      {"a: {command: x, refresh-mode: later}", "\"refresh-mode\" can't be"},
      {"a: {command: x, refresh-mode: endure}", "which is for services"},
      {"a: {command: x, daemon: simple, refresh-mode: ignore-running}", "aren't services"},
      {"a: {command: x, aliases: [../x]}", "invalid alias name"},
      {"a: {command: x, aliases: [y, y]}", "alias \"y\" stands twice"},
      {"a: {command: x, plugs: [Home]}", "invalid plug name"},
      {"a: {command: x, plugs: {home: }}", "\"plugs\" must be a list"},
      {"a: {command: x, environment: {1A: b}}", "can't name a variable"},
      {"a: {command: x, daemon: simple, after: [b]}", "app \"b\", which there isn't"},
      {"a: {command: x, daemon: simple, after: [a]}", "circle"},
      {"{a: {command: x, daemon: simple, after: [b]}, b: {command: x}}", "both must be services"},
      {"{a: {command: x, daemon: simple, after: [b]}, b: {command: x, daemon: simple, after: [a]}}",
       "circle"},
  }));
  auto apps = row_of.app.starts_with('{') ? "apps: " + row_of.app : "apps:\n  " + row_of.app;
  INFO(apps);
  CHECK_THROWS_WITH(with(apps + "\n"),
                    Catch::StartsWith("cannot read meta/snap.yaml: line ") && Contains(row_of.says));
}

TEST_CASE("lengths are counted in characters, not bytes") {
  std::string characters;
  for (int i = 0; i < 128; ++i)
    characters += "é";
  CHECK(with("summary: " + characters + "\n").summary == characters);
}
