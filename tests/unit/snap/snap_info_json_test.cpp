#include "runtime/snap/snap_info_json.hpp"

#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/snap/snap_yaml.hpp"

using namespace troupe;

namespace {

snap_info full() {
  snap_info info;
  info.name = "hello";
  info.version = "1.0";
  info.type = snap_type::kernel;
  info.base = "core22";
  info.title = "Hello";
  info.summary = "Says \"hello\" — é";
  info.description = "a\nb";
  info.license = "MIT";
  info.confinement = confinement::devmode;
  info.grade = "devel";
  info.epoch = {{1, 2, 4294967295U}, {2}};
  info.architectures = {"amd64", "arm64"};
  info.assumes = {"snapd2.38"};
  info.environment = {{"A", "b"}, {"C", ""}};
  app_info hello;
  hello.name = "hello";
  hello.command = "bin/hello -x";
  hello.command_chain = {"bin/a", "bin/b"};
  hello.stop_command = "bin/stop";
  hello.post_stop_command = "bin/clean";
  hello.reload_command = "bin/reload -q";
  hello.daemon = "simple";
  hello.restart_condition = "always";
  hello.start_timeout_ms = 5'000;
  hello.stop_timeout_ms = 90'001;
  hello.restart_delay_ms = 7;
  hello.before = {"x"};
  hello.after = {"y"};
  hello.refresh_mode = "endure";
  hello.environment = {{"E", "f"}};
  hello.plugs = {"home"};
  hello.slots = {"s"};
  hello.aliases = {"hi"};
  app_info plain;
  plain.name = "x";
  plain.command = "bin/x";
  info.apps = {hello, plain};
  info.hooks = {{"configure", {"p"}, {"s"}, {{"G", "h"}}, {"bin/a"}}, {"install", {}, {}, {}, {}}};
  info.plugs = {{"p", "content", "A label", R"({"a":[1,2.5E0,null,true,{"b":"c"}]})"},
                {"q", "q", "", "{}"}};
  info.slots = {{"s", "dbus", "", R"({"name":"x"})"}};
  info.refresh_pending_behavior = "block";
  info.image_bytes = 1ULL << 40U;
  return info;
}

snap_info round_trip(const snap_info& info) {
  return snap_info_from_json(json::parse_object(json::write(to_json(info))));
}

} // namespace

TEST_CASE("metadata goes through JSON and back unchanged") {
  CHECK(round_trip(full()) == full());
  snap_info small;
  small.name = "hello";
  small.version = "1";
  CHECK(round_trip(small) == small);
}

TEST_CASE("metadata is written in the words of snap.yaml") {
  auto written = to_json(full());
  CHECK(written.at("type") == "kernel");
  CHECK(written.at("confinement") == "devmode");
  CHECK(written.at("epoch") == json::value{{"read", {1, 2, 4294967295U}}, {"write", {2}}});
  CHECK(written.at("apps").at("hello").at("stop-timeout") == "90001ms");
  CHECK(written.at("plugs").at("p").at("attributes").at("a").at(4) == json::value{{"b", "c"}});
  CHECK(written.at("refresh-pending-behavior") == "block");
  CHECK(written.at("image-bytes") == (1ULL << 40U));
}

TEST_CASE("metadata read from YAML with numbers of all kinds goes through JSON unchanged") {
  auto info =
      parse_snap_yaml("name: hello\nversion: 1\n"
                      "plugs: {p: {a: 1.5, b: 1e300, c: 18446744073709551615, d: -0.0, e: 0.1}}\n");
  CHECK(round_trip(info) == info);
}

TEST_CASE("JSON that isn't metadata is refused") {
  for (
      const auto* text :
      {"{}", R"({"type":"x","confinement":"strict","epoch":{"read":[0],"write":[0]}})",
       R"({"type":"app","confinement":"strict"})",
       R"({"type":"app","confinement":"strict","epoch":{"read":[-1],"write":[0]}})",
       R"({"type":"app","confinement":"strict","epoch":{"read":[0],"write":[0]},"apps":[]})",
       R"({"type":"app","confinement":"strict","epoch":{"read":[0],"write":[0]},"apps":{"a":1}})",
       R"({"type":"app","confinement":"strict","epoch":{"read":[0],"write":[0]},"image-bytes":-1})",
       R"({"type":"app","confinement":"strict","epoch":{"read":[0],"write":[0]},"environment":{"a":1}})"}) {
    INFO(text);
    CHECK_THROWS_AS(snap_info_from_json(json::parse_object(text)), failure);
  }
}
