#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/rules/health.hpp"

using namespace troupe;
using Catch::Matchers::Contains;

namespace {

using words = std::vector<std::string>;

std::string of(char c, std::size_t times) { return std::string(times, c); }

} // namespace

TEST_CASE("set-health says a status, with a message and a code where these are given") {
  struct row {
    words given;
    health_report said;
  };
  using enum health_status;
  const std::vector<row> rows{
      {{"okay"}, {okay, "", ""}},
      {{"okay", ""}, {okay, "", ""}},
      {{"--", "okay"}, {okay, "", ""}},
      {{"waiting", "for the network"}, {waiting, "for the network", ""}},
      {{"blocked", "plug it in", "--code=no-printer"}, {blocked, "plug it in", "no-printer"}},
      {{"--code", "a1b", "error", "1234567"}, {error, "1234567", "a1b"}},
      {{"error", "--code=first", "--code=second", "it is broken"}, {error, "it is broken", "second"}},
      {{"error", "--", "--code=xyz"}, {error, "--code=xyz", ""}},
      {{"error", of('m', 70)}, {error, of('m', 70), ""}},
      {{"error", "ÄÖÜäöüß"}, {error, "ÄÖÜäöüß", ""}},
      {{"error", "it is broken", "--code=" + of('c', 30)}, {error, "it is broken", of('c', 30)}},
      {{"error", "it is broken", "--code=a-1-b"}, {error, "it is broken", "a-1-b"}},
  };
  for (const auto& [given, said] : rows) {
    INFO(Catch::StringMaker<words>::convert(given));
    CHECK(health_from_words(given) == said);
  }
}

TEST_CASE("set-health refuses what says no health, and why") {
  struct row {
    words given;
    std::string why;
  };
  const std::vector<row> rows{
      {{}, "no status is given"},
      {{"--code=abc"}, "no status is given"},
      {{""}, "must be okay, waiting, blocked or error"},
      {{"Okay"}, "must be okay, waiting, blocked or error"},
      {{"fine"}, "must be okay, waiting, blocked or error"},
      {{"-", "a message"}, "must be okay, waiting, blocked or error"},
      {{"okay", "all is well"}, "neither message nor code"},
      {{"okay", "--code=abc"}, "neither message nor code"},
      {{"okay", "--code="}, "neither message nor code"},
      {{"error"}, "with error there must be a message"},
      {{"waiting", ""}, "with waiting there must be a message"},
      {{"blocked", "--code=abc"}, "with blocked there must be a message"},
      {{"error", "123456"}, "at least 7 characters, not 6"},
      {{"error", "ÄÖÜäöü"}, "at least 7 characters, not 6"},
      {{"error", "two\nlines"}, "one line"},
      {{"error", "rung \a bell"}, "one line"},
      {{"error", "a", "message", "unquoted"}, "put it in quotes"},
      {{"error", "it is broken", "--code=ab"}, "3 to 30"},
      {{"error", "it is broken", "--code="}, "3 to 30"},
      {{"error", "it is broken", "--code=" + of('c', 31)}, "3 to 30"},
      {{"error", "it is broken", "--code=1ab"}, "begin with a letter"},
      {{"error", "it is broken", "--code=-ab"}, "begin with a letter"},
      {{"error", "it is broken", "--code=ab-"}, "end with a letter or a digit"},
      {{"error", "it is broken", "--code=a--b"}, "of a-z, 0-9 and -"},
      {{"error", "it is broken", "--code=aBc"}, "of a-z, 0-9 and -"},
      {{"error", "it is broken", "--code=a_c"}, "of a-z, 0-9 and -"},
      {{"error", "it is broken", "--code"}, "--code takes a code"},
      {{"error", "it is broken", "--reason=abc"}, "no other option"},
      {{"-x", "okay"}, "no other option"},
  };
  for (const auto& [given, why] : rows) {
    INFO(Catch::StringMaker<words>::convert(given));
    CHECK_THROWS_WITH(health_from_words(given), Contains("cannot set health: ") && Contains(why));
  }
}

TEST_CASE("a message that is too long is cut off between characters") {
  auto said = health_from_words({"waiting", of('m', 68) + "äöü"}).message;
  CHECK(said == of('m', 68) + "ä…");
  CHECK(health_from_words({"waiting", of('m', 69) + "ä"}).message == of('m', 69) + "ä");
}
