#include <catch2/catch.hpp>

#include <string>

#include "messages/failure.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"

namespace json = troupe::json;
using Catch::Matchers::Contains;

TEST_CASE("a document that is read and written again stays the same") {
  std::string text =
      R"({"a":[1,-2,2.5E0,18446744073709551615,"\u0001ü",true,false,null,{}],"b":{"c":[]}})";
  CHECK(json::write(json::parse(text)) == text);
}

TEST_CASE("malformed JSON is refused with the line and column of its fault") {
  CHECK_THROWS_WITH(json::parse("{\"a\": 1,\n  \"b\": ]}"), Contains("line 2, column 8"));
  CHECK_THROWS_AS(json::parse("{\"a\":"), troupe::failure);
  CHECK_THROWS_AS(json::parse(""), troupe::failure);
  CHECK_THROWS_AS(json::parse("{} {}"), troupe::failure);
  CHECK_THROWS_AS(json::parse("\"\xFF\""), troupe::failure);
}

TEST_CASE("JSON that is nested too deep is refused") {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK_NOTHROW(json::parse(nested(troupe::limits::json_depth - 1)));
  CHECK_THROWS_AS(json::parse(nested(troupe::limits::json_depth + 1)), troupe::failure);
  CHECK_THROWS_AS(json::parse(nested(1'000'000)), troupe::failure);
}

TEST_CASE("only an object is taken where an object is wanted") {
  CHECK(json::parse_object("{\"a\":1}").size() == 1);
  CHECK_THROWS_WITH(json::parse_object("[1]"), Contains("must be an object"));
}

TEST_CASE("an absent or null value gives the fallback and one of another type is refused by its key") {
  auto from = json::parse_object(R"({"s":"x","b":true,"i":-7,"n":null,"l":["a","b"],"m":["a",1]})");
  CHECK(json::string_or(from, "s") == "x");
  CHECK(json::string_or(from, "n", "other") == "other");
  CHECK(json::string_or(from, "none", "other") == "other");
  CHECK(json::bool_or(from, "b"));
  CHECK(json::bool_or(from, "none", true));
  CHECK(json::int_or(from, "i") == -7);
  CHECK(json::int_or(from, "n", 3) == 3);
  CHECK(json::strings(from, "l") == std::vector<std::string>{"a", "b"});
  CHECK(json::strings(from, "none").empty());
  CHECK_THROWS_WITH(json::string_or(from, "i"), Contains("\"i\" must be a string"));
  CHECK_THROWS_WITH(json::bool_or(from, "s"), Contains("\"s\" must be true or false"));
  CHECK_THROWS_WITH(json::int_or(from, "s"), Contains("\"s\" must be a whole number"));
  CHECK_THROWS_WITH(json::strings(from, "m"), Contains("\"m\" must be a list of strings"));
}
