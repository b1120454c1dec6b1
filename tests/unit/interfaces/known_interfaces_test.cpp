#include <catch2/catch.hpp>

#include "runtime/interfaces/declaration_yaml.hpp"
#include "runtime/interfaces/known_interfaces.hpp"

using namespace troupe;

namespace {

std::string fault(rule_side side, const std::string& interface, const std::string& attributes) {
  return known_interfaces().fault_of(side, {"it", interface, "", attributes});
}

} // namespace

TEST_CASE("every interface of the issue is known, with its rules, and says what it is for") {
  for (const auto* name : {"content",          "network",
                           "network-bind",     "home",
                           "camera",           "x11",
                           "wayland",          "opengl",
                           "audio-playback",   "mount-observe",
                           "system-observe",   "process-control",
                           "hardware-observe", "removable-media",
                           "serial-port",      "dbus",
                           "desktop",          "desktop-legacy",
                           "gsettings",        "unity7",
                           "shared-memory",    "snapd-control",
                           "log-observe",      "system-files",
                           "personal-files"}) {
    INFO(name);
    const auto* known = known_interfaces().find(name);
    REQUIRE(known);
    CHECK(known->summary.size() > 10);
    CHECK(known_interfaces().base().slots.contains(name));
  }
}

TEST_CASE("a plug or slot whose attributes aren't what they have to be says which") {
  CHECK(fault(rule_side::plug, "home", "{}").empty());
  CHECK(fault(rule_side::plug, "home", R"({"read": "all"})").empty());
  CHECK(fault(rule_side::plug, "home", R"({"read": "some"})") ==
        "attribute \"read\": \"some\" isn't \"all\"");
  CHECK(fault(rule_side::plug, "content", "{}") == "attribute \"target\" is missing");
  CHECK(fault(rule_side::plug, "content", R"({"target": 3})") == "attribute \"target\": must be a text");
  CHECK(fault(rule_side::plug, "content", R"({"target": "$SNAP/data"})").empty());
  CHECK(fault(rule_side::slot, "content", R"({"read": "share"})") ==
        "attribute \"read\": must be a list of texts");
  CHECK(fault(rule_side::slot, "serial-port", R"({"path": "/dev/ttyUSB0"})").empty());
  CHECK_FALSE(fault(rule_side::slot, "serial-port", R"({"path": "/dev/sda"})").empty());
  CHECK_FALSE(fault(rule_side::plug, "personal-files", R"({"read": ["/etc"]})").empty());
  CHECK(fault(rule_side::plug, "personal-files", R"({"read": ["$HOME/.config"]})").empty());
  CHECK(fault(rule_side::plug, "shared-memory", R"({"private": "yes"})") ==
        "attribute \"private\": must be true or false");
  CHECK(fault(rule_side::plug, "teleport", "{}") ==
        "interface \"teleport\" isn't known by this version");
}

TEST_CASE("what an attribute counts as where it is missing is filled in") {
  const auto attributes =
      known_interfaces().attributes_of(rule_side::slot, {"themes", "content", "", "{}"});
  CHECK(attributes.at("content") == json::value("themes"));
}

TEST_CASE("a file of an interface that says something unknown is refused with its path") {
  const auto refusal = [](std::string_view text) {
    try {
      interface_from(headers_from_yaml(text));
      return std::string{};
    } catch (const failure& why) {
      return std::string{why.what()};
    }
  };
  CHECK(refusal("name: a\nsummary: b\n") == "rules: is missing");
  CHECK(refusal("name: a\nsummary: b\nrules: {}\nslots: {}\n") == "slots: isn't known");
  CHECK(refusal("name: a\nsummary: b\nrules: {}\nattributes: {plug: {x: {is: number}}}\n") ==
        "attributes.plug.x.is: \"number\" isn't text, texts, path, paths, flag or map");
  CHECK(refusal("name: a\nsummary: b\nrules: {slots: {allow-instalation: true}}\n")
            .starts_with("rules.slots"));
}
