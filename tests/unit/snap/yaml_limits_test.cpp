#include <catch2/catch.hpp>

#include <random>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/snap_info_json.hpp"
#include "runtime/snap/snap_yaml.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

const std::string minimal = "name: hello\nversion: 1.0\n";

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i)
    result += text;
  return result;
}

/// Each level holds the one before `fan` times.
std::string bomb(const std::string& seed, int levels, int fan) {
  auto result = minimal + "a0: &a0 " + seed + "\n";
  for (int i = 1; i <= levels; ++i) {
    result += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < fan; ++j)
      result += (j ? ", *a" : "*a") + std::to_string(i - 1);
    result += "]\n";
  }
  return result;
}

} // namespace

TEST_CASE("a YAML bomb of aliases is refused before it is expanded") {
  CHECK_THROWS_WITH(parse_snap_yaml(bomb("[x, x, x]", 40, 10)), Contains("nodes, aliases expanded"));
  CHECK_THROWS_WITH(parse_snap_yaml(bomb("x", 60, 2)), Contains("nodes, aliases expanded"));
}

TEST_CASE("a YAML bomb of one long text is refused before it is expanded") {
  CHECK_THROWS_WITH(parse_snap_yaml(bomb(std::string(100'000, 'x'), 1, 11)),
                    Contains("bytes, aliases expanded"));
}

TEST_CASE("aliases that nest deeper and deeper are refused") {
  CHECK_THROWS_WITH(parse_snap_yaml(bomb("[]", 100, 1)), Contains("levels deep"));
}

TEST_CASE("an alias within what it stands for is refused") {
  CHECK_THROWS_WITH(parse_snap_yaml(minimal + "a: &a [1, *a]\n"), Contains("line 3"));
  CHECK_THROWS_WITH(parse_snap_yaml(minimal + "a: &a {b: {c: *a}}\n"), Contains("line 3"));
}

TEST_CASE("an over-long snap.yaml is refused with the limit") {
  CHECK_THROWS_WITH(parse_snap_yaml(minimal + "# " + std::string(limits::snap_yaml_bytes, 'x')),
                    Contains("larger than 1048576 bytes"));
}

TEST_CASE("a snap.yaml of too many nodes is refused") {
  CHECK_THROWS_WITH(parse_snap_yaml(minimal + "a: [" + repeated("1,", limits::snap_yaml_nodes) + "]\n"),
                    Contains("nodes"));
  CHECK_THROWS_WITH(parse_snap_yaml(minimal + "a: [" + repeated(",", limits::snap_yaml_bytes / 2)),
                    Contains("cannot read meta/snap.yaml"));
}

TEST_CASE("deep nesting in every style is refused") {
  for (const auto* style : {"[", "{a: ", "- ", "? ", "[[", "{"}) {
    INFO(style);
    CHECK_THROWS_AS(parse_snap_yaml(minimal + "x:\n " + repeated(style, 200'000)), failure);
  }
  std::string indented;
  for (int i = 0; i < 1000; ++i)
    indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK_THROWS_WITH(parse_snap_yaml(indented), Contains("levels deep"));
}

TEST_CASE("what may be as large as it can is read in a time that doesn't grow with its square") {
  std::string large = minimal + "environment:\n";
  for (int i = 0; i < 900; ++i)
    large += "  V" + std::to_string(i) + ": " + std::string(1000, 'x') + "\n";
  CHECK(parse_snap_yaml(large).environment.size() == 900);

  std::string many = minimal + "plugs:\n";
  for (int i = 0; i < 40'000; ++i)
    many += "  p" + std::to_string(i) + ":\n";
  CHECK(parse_snap_yaml(many).plugs.size() == 40'000);
}

TEST_CASE("more applications, hooks or variables than there may be are refused") {
  std::string apps = minimal + "apps:\n";
  std::string hooks = minimal + "hooks:\n";
  std::string variables = minimal + "environment:\n";
  for (int i = 0; i <= 1000; ++i) {
    apps += "  a" + std::to_string(i) + ": {command: x}\n";
    hooks += "  h" + std::to_string(i) + ":\n";
    variables += "  V" + std::to_string(i) + ": x\n";
  }
  for (const auto& yaml : {apps, hooks, variables})
    CHECK_THROWS_WITH(parse_snap_yaml(yaml), Contains("more than 1000"));
}

TEST_CASE("attributes nested too deep for the journal are refused, less deep ones are kept by it") {
  auto nested = [](std::size_t levels) {
    return minimal + "plugs:\n  p:\n    a: " + repeated("[", levels) + repeated("]", levels) + "\n";
  };
  CHECK_THROWS_WITH(parse_snap_yaml(nested(limits::snap_attribute_depth + 1)), Contains("levels deep"));
  auto info = parse_snap_yaml(nested(limits::snap_attribute_depth));
  CHECK(snap_info_from_json(json::parse_object(json::write(to_json(info)))) == info);
}

TEST_CASE("damaged YAML is read or refused, never anything else") {
  const std::string good = minimal + R"(
type: app
epoch: {read: [1, 2], write: [2]}
apps:
  a: &x {command: "bin/a", daemon: simple, after: [b], environment: {A: 'b', "c": |
      text
      }, plugs: [home]}
  b: *x
hooks: {configure: ~, install: {plugs: [x]}}
? plugs
: home: !!map {interface: content, a: [1, 2.5, "x\u00e9\n", ~]}
...
)";
  const std::string special = "{}[]:,&*!|>'\"%@`-?#\n\t <~.\x80\xc3/0aA";
  std::mt19937 random{20240501};
  for (int round = 0; round < 3000; ++round) {
    auto text = good;
    for (auto change = random() % 6 + 1; change > 0; --change) {
      auto at = random() % text.size();
      switch (random() % 3) {
      case 0:
        text[at] = special[random() % special.size()];
        break;
      case 1:
        text.insert(at, 1, special[random() % special.size()]);
        break;
      default:
        text.erase(at, random() % 4 + 1);
      }
    }
    try {
      parse_snap_yaml(text);
    } catch (const failure& fault) {
      REQUIRE_THAT(fault.what(), Catch::StartsWith("cannot read meta/snap.yaml: "));
    }
  }
}
