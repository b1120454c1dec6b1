#include "runtime/interfaces/declaration_cases.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace troupe;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

json::array table_in(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return json::parse(text.str()).as_array();
}

std::string name_of(const json::value& connection) {
  const auto& ends = connection.as_object();
  const auto end = [&](const char* side) {
    const auto& named = ends.at(side).as_object();
    return json::string_or(named, "snap") + ":" + json::string_or(named, "name");
  };
  return end("plug") + " " + end("slot");
}

void check_candidates(const json::object& answer, const json::object& expected) {
  std::set<std::string> made;
  for (const auto& each : answer.at("made").as_array())
    made.insert(name_of(each));
  const auto wanted = json::strings(expected, "made");
  CHECK(made == std::set<std::string>{wanted.begin(), wanted.end()});
  const auto& reasons = expected.at("refused").as_object();
  const auto& refused = answer.at("refused").as_array();
  CHECK(refused.size() == reasons.size());
  for (const auto& each : refused) {
    INFO(name_of(each));
    CHECK_THAT(json::string_or(each.as_object(), "reason"),
               Contains(json::string_or(reasons, name_of(each), "nothing")));
  }
}

void check_answer(const json::object& answer, const json::object& expected) {
  INFO(json::write(answer));
  if (expected.contains("made"))
    return check_candidates(answer, expected);
  for (const auto& [key, value] : expected)
    if (key == "words")
      for (const auto& word : value.as_array())
        CHECK_THAT(json::string_or(answer, "message"), Contains(std::string{word.as_string()}));
    else
      CHECK(json::string_or(answer, key) == std::string{value.as_string()});
}

} // namespace

TEST_CASE("declarations answer the tables of cases") {
  std::size_t count = 0;
  for (const auto& file : fs::directory_iterator{TROUPE_DECLARATION_CASES})
    for (const auto& item : table_in(file.path())) {
      const auto& entry = item.as_object();
      INFO(file.path().filename().string() << ": " << json::string_or(entry, "name"));
      const auto answers = evaluate_cases({entry.at("case")});
      REQUIRE(answers.size() == 1);
      check_answer(answers[0].as_object(), entry.at("expect").as_object());
      ++count;
    }
  CHECK(count >= 150);
}

TEST_CASE("a table is answered in its order, whatever is wrong with some of its cases") {
  const auto answers =
      evaluate_cases({json::object{{"check", "connection"}}, 3, "x",
                      json::object{{"check", "candidates"}, {"candidates", json::array{}}}});
  REQUIRE(answers.size() == 4);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(json::string_or(answers[i].as_object(), "decision") == "error");
  CHECK(json::string_or(answers[3].as_object(), "decision") == "deny");
}
