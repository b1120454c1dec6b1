#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/config_edit.hpp"

using namespace troupe;
using Catch::Contains;

namespace {

std::string edited(std::string_view document, std::string_view edits) {
  return json::write(with_edits(json::parse_object(document), json::parse_object(edits)));
}

} // namespace

TEST_CASE("options are set, nested and taken away by their dotted names") {
  CHECK(edited("{}", R"({"a": 1})") == R"({"a":1})");
  CHECK(edited(R"({"a":1})", R"({"b.c.d": "x"})") == R"({"a":1,"b":{"c":{"d":"x"}}})");
  CHECK(edited(R"({"a":{"b":1,"c":2}})", R"({"a.b": null})") == R"({"a":{"c":2}})");
  CHECK(edited(R"({"a":{"b":1}})", R"({"a.b": null})") == "{}");
  CHECK(edited(R"({"a":{"b":1}})", R"({"a": null})") == "{}");
  CHECK(edited("{}", R"({"a.b": null})") == "{}");
  CHECK(edited(R"({"a":1})", R"({"a": null, "a.b": 2})") == R"({"a":{"b":2}})");
  CHECK(edited("{}", R"({"a": [1, {"b": 12345678901234567}]})") ==
        R"({"a":[1,{"b":12345678901234567}]})");
}

TEST_CASE("wrong names and ways through what is no document are refused") {
  for (const auto* name :
       {"", ".", "a.", ".a", "a..b", "A", "a_b", "-a", "a-", "a--b", "1", "a.1", "ä"}) {
    INFO(name);
    CHECK_THROWS_AS(check_option_name(name), failure);
  }
  for (const auto* name : {"a", "a-b", "a1", "1a", "a.b.c"})
    check_option_name(name);
  CHECK_THROWS_AS(check_option_name(std::string(limits::option_name_bytes + 1, 'a')), failure);
  CHECK_THROWS_WITH(edited(R"({"a":{"b":1}})", R"({"a.b.c": 2})"),
                    Contains("\"a.b\" isn't a document with options in it"));
  const auto large = std::string(limits::snap_config_bytes, 'x');
  CHECK_THROWS_WITH(with_edits({}, {{"a", large}}), Contains("larger than"));
}

TEST_CASE("edits are taken back by what stood at the top") {
  const auto before = json::parse_object(R"({"a":{"b":1},"c":2})");
  const auto edits = json::parse_object(R"({"a.b": 5, "a.d": 6, "c": null, "e.f": 7})");
  const auto back = edits_back(before, edits);
  CHECK(json::value(with_edits(with_edits(before, edits), back)) == json::value(before));
}

TEST_CASE("an assignment is JSON where it can be, unless told") {
  json::object edits;
  add_assignment(edits, "a=1", false, false);
  add_assignment(edits, "b=hello", false, false);
  add_assignment(edits, "c=1", true, false);
  add_assignment(edits, "d!", false, false);
  add_assignment(edits, "e=x=y", false, false);
  add_assignment(edits, "f=", false, false);
  CHECK(json::write(edits) == R"({"a":1,"b":"hello","c":"1","d":null,"e":"x=y","f":""})");
  for (const auto* word : {"a", "=1", "", "!"})
    CHECK_THROWS_WITH(add_assignment(edits, word, false, false), Contains("not of the form KEY=VALUE"));
  CHECK_THROWS_WITH(add_assignment(edits, "a=hello", false, true), Contains("is not JSON"));
}
