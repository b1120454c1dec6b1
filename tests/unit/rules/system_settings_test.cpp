#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/rules/system_settings.hpp"

using namespace troupe;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

constexpr time_point now{duration{1'000'000h}};

time_point no_times(std::string_view text) {
  if (text == "2090-01-01T00:00:00Z")
    return now + 1h;
  throw failure{"no time"};
}

system_settings fresh() { return system_settings{no_times}; }

void give(system_settings& to, const std::string& values) {
  assign(to, json::parse_object(values), now);
}

} // namespace

TEST_CASE("options are set by a change that can be taken back and made twice") {
  auto settings = fresh();
  give(settings, set_options(settings, {{"refresh.retain", 5}}).set);
  auto change = set_options(settings, {{"refresh", {{"retain", 3}, {"hold", "forever"}}}});
  CHECK(change.kind == "configure-snap");
  CHECK_THAT(change.summary, Contains("refresh.retain") && Contains("refresh.hold"));
  for (int times = 0; times < 2; ++times) {
    give(settings, change.set);
    CHECK(settings.options.retain() == 3);
    CHECK(settings.all_holds().size() == 1);
  }
  for (int times = 0; times < 2; ++times) {
    give(settings, change.back);
    CHECK(settings.options.retain() == 5);
    CHECK(settings.all_holds().empty());
  }
}

TEST_CASE("taking a change back leaves options that others have set since") {
  auto settings = fresh();
  auto first = set_options(settings, {{"refresh.retain", 3}});
  give(settings, first.set);
  give(settings, set_options(settings, {{"proxy.http", "http://proxy.example:3128"}}).set);
  give(settings, first.back);
  CHECK(settings.options.retain() == 2);
  CHECK(settings.options.http_proxy() == "http://proxy.example:3128");
}

TEST_CASE("a wrong option changes none of those named with it") {
  auto settings = fresh();
  CHECK_THROWS_WITH(set_options(settings, {{"refresh.retain", 3}, {"refresh.timer", "at noon"}}),
                    Contains("cannot set option \"refresh.timer\""));
  CHECK_THROWS_WITH(set_options(settings, {}), Contains("none is named"));
}

TEST_CASE("a user's hold is put, replaced and lifted by changes that can be taken back") {
  auto settings = fresh();
  hold_request all{{}, hold_level::automatic, now + 48h, "exam week"};
  auto first = hold_refreshes(settings, all, now);
  CHECK(first.summary == "Hold refreshes of all snaps");
  give(settings, first.set);
  REQUIRE(settings.holds.size() == 1);
  CHECK(hold_text(settings.holds[0]).ends_with("exam week"));

  auto longer = hold_refreshes(settings, {{}, hold_level::general, std::nullopt, {}}, now + 1h);
  give(settings, longer.set);
  REQUIRE(settings.holds.size() == 1);
  CHECK_FALSE(settings.holds[0].until);
  CHECK(settings.holds[0].since == now);
  give(settings, longer.back);
  CHECK(settings.holds[0].until == now + 48h);

  auto lift = lift_holds(settings, {});
  give(settings, lift.set);
  CHECK(settings.holds.empty());
  give(settings, lift.back);
  CHECK(settings.holds.size() == 1);
}

TEST_CASE("holds of several snaps are made and lifted together, and those of snaps stay") {
  auto settings = fresh();
  refresh_hold by_snap;
  by_snap.holder = hold_holder::snap;
  by_snap.by = by_snap.snap = "web";
  put_hold(settings.holds, by_snap, now);
  give(settings, hold_refreshes(settings, {{"web", "db"}, hold_level::automatic, {}, {}}, now).set);
  CHECK(settings.holds.size() == 3);
  give(settings, lift_holds(settings, {"web", "db"}).set);
  REQUIRE(settings.holds.size() == 1);
  CHECK(settings.holds[0].by == "web");
}

TEST_CASE("settings that were stored are read as they were") {
  auto settings = fresh();
  give(settings, set_options(settings, {{"refresh.retain", 4}}).set);
  give(settings, hold_refreshes(settings, {{"db"}, hold_level::general, now + 1h, "x"}, now).set);
  std::vector<std::string> faults;
  auto read = settings_from_stored(stored_settings(settings), no_times, faults);
  CHECK(faults.empty());
  CHECK(read.options.retain() == 4);
  CHECK(read.holds == settings.holds);
}

TEST_CASE("stored settings that can't be read are left out, and told of") {
  std::vector<std::string> faults;
  auto read = settings_from_stored({{"options", R"({"refresh":{"colour":"red"}})"},
                                    {"holds", R"([{"holder":7}])"},
                                    {"of a newer version", "1"}},
                                   no_times, faults);
  CHECK(faults.size() == 2);
  CHECK(read.options.document().empty());
  CHECK(read.holds.empty());
}

TEST_CASE("values that are no settings are refused without an effect") {
  auto settings = fresh();
  for (const auto* wrong : {R"({"holds":[1]})", R"({"holds":{}})", R"({"options":{"a":1}})",
                            R"({"options":{"refresh.retain":3},"holds":[{"snap":"a","holder":9}]})"})
    CHECK_THROWS_AS(give(settings, wrong), failure);
  CHECK(settings.options.document().empty());
}

TEST_CASE("what is as wanted already is set all the same, since other changes may be under way") {
  auto settings = fresh();
  give(settings, set_options(settings, {{"refresh.retain", 3}}).set);
  auto again = set_options(settings, {{"refresh", {{"retain", 3}}}});
  give(settings, set_options(settings, {{"refresh.retain", 4}}).set);
  give(settings, again.set);
  CHECK(settings.options.retain() == 3);
  auto lift = set_options(fresh(), {{"refresh", nullptr}});
  give(settings, lift.set);
  CHECK(settings.options.document().empty());
}

TEST_CASE("holds that are over are dropped with the next change of settings") {
  auto settings = fresh();
  give(settings, hold_refreshes(settings, {{"db"}, hold_level::general, now + 1h, {}}, now).set);
  assign(settings, {}, now + 2h);
  CHECK(settings.holds.empty());
}
