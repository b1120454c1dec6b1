#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/rules/channel.hpp"

using namespace troupe;
using Catch::Contains;

TEST_CASE("each form of a channel has one whole name") {
  auto [text, whole] = GENERATE(table<std::string, std::string>({
      {"stable", "latest/stable"},
      {"edge", "latest/edge"},
      {"latest/stable", "latest/stable"},
      {"latest", "latest/stable"},
      {"1.0", "1.0/stable"},
      {"1.0/beta", "1.0/beta"},
      {"beta/fix-7", "latest/beta/fix-7"},
      {"1.0/candidate/fix", "1.0/candidate/fix"},
      {"stable/beta", "latest/stable/beta"},
      {"v2_x.1", "v2_x.1/stable"},
  }));
  CHECK(to_string(parse_channel(text)) == whole);
  CHECK(parse_channel(whole) == parse_channel(text));
}

TEST_CASE("a channel without a track is one of the track that is followed") {
  CHECK(to_string(parse_channel("beta", "1.0")) == "1.0/beta");
  CHECK(to_string(parse_channel("2.0", "1.0")) == "2.0/stable");
}

TEST_CASE("the track latest is left out of a channel's short name") {
  CHECK(short_name(parse_channel("latest/beta/fix")) == "beta/fix");
  CHECK(short_name(parse_channel("1.0")) == "1.0/stable");
}

TEST_CASE("what is no channel is refused with the reason") {
  auto [text, why] = GENERATE(table<std::string, std::string>({
      {"", "it is empty"},
      {"/", "its track is empty"},
      {"/beta", "its track is empty"},
      {"1.0/", "its risk must be"},
      {"1.0/best", "its risk must be"},
      {"1.0/beta/", "its branch is empty"},
      {"beta/", "its branch is empty"},
      {"a/beta/c/d", "more than three parts"},
      {"stable/beta/fix", "a track can't be called like a risk"},
      {"-x", "its track must be letters"},
      {"1.0/beta/a b", "its branch must be letters"},
      {"..", "its track must be letters"},
      {std::string(65, 'a'), "longer than 64 bytes"},
      {"a\nb", "\"a?b\""},
  }));
  CHECK_THROWS_WITH(parse_channel(text), Contains(why) && Contains("cannot understand channel"));
}

TEST_CASE("a channel falls back to the less risky ones of its track") {
  using names = std::vector<std::string>;
  CHECK(channel_fallbacks(parse_channel("1.0/edge/fix")) ==
        names{"1.0/edge/fix", "1.0/edge", "1.0/beta", "1.0/candidate", "1.0/stable"});
  CHECK(channel_fallbacks(parse_channel("beta")) ==
        names{"latest/beta", "latest/candidate", "latest/stable"});
  CHECK(channel_fallbacks(parse_channel("stable")) == names{"latest/stable"});
}
