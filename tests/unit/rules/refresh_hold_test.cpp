#include <catch2/catch.hpp>

#include "local_clocks.hpp"
#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/refresh_hold.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

const auto now = utc(2026, 11, 2, 12);

refresh_hold by_user(const std::string& snap, std::optional<time_point> until) {
  refresh_hold hold;
  hold.snap = snap;
  hold.level = snap.empty() ? hold_level::automatic : hold_level::general;
  hold.until = until;
  return hold;
}

refresh_hold by_snap(const std::string& by, const std::string& snap, std::optional<time_point> until) {
  refresh_hold hold;
  hold.holder = hold_holder::snap;
  hold.by = by;
  hold.snap = snap;
  hold.until = until;
  return hold;
}

using hold_list = std::vector<refresh_hold>;

std::size_t held(const hold_list& holds, std::string_view snap, refresh_cause cause,
                 time_point at = now) {
  return holds_on(holds, snap, cause, at).size();
}

template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const failure& refused) {
    return refused.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("the end of a hold is a length of time from now, or none") {
  CHECK(hold_end("48h", now) == now + 48h);
  CHECK(hold_end("1h30m", now) == now + 90min);
  CHECK(hold_end("30m1h", now) == now + 90min);
  CHECK(hold_end("1.5h", now) == now + 90min);
  CHECK(hold_end(".5h", now) == now + 30min);
  CHECK(hold_end("90s", now) == now + 90s);
  CHECK(hold_end("1500ms", now) == now + 1500ms);
  CHECK(hold_end("1000000us", now) == now + 1s);
  CHECK(hold_end("1000000µs", now) == now + 1s);
  CHECK(hold_end("1000000000ns", now) == now + 1s);
  CHECK(hold_end("30d", now) == now + 24h * 30);
  CHECK(hold_end("2w", now) == now + 24h * 14);
  CHECK(hold_end("1w2d3h", now) == now + 24h * 9 + 3h);
  CHECK(hold_end("3660d", now) == now + 24h * 3660);
  CHECK_FALSE(hold_end("forever", now));
}

TEST_CASE("what is no length of time for a hold is refused with examples") {
  for (const auto* text :
       {"",     "h",     "48",     "48 h",    "-1h",  "+1h",  "1h-",
        "1x",   "1mo",   "1h 30m", "inf",     "nan",  "infh", "1e3h",
        "0x1h", "1..5h", ".h",     "Forever", "none", "1H",   "99999999999999999999999w"}) {
    CAPTURE(text);
    CHECK_THAT(refusal([&] { hold_end(text, now); }),
               Catch::StartsWith("cannot hold refreshes: \"" + std::string{text} + '"') &&
                   Catch::Contains("no length of time such as 48h") && Catch::Contains("forever"));
  }
  CHECK(refusal([] { hold_end("0s", now); }) ==
        "cannot hold refreshes: \"0s\" is shorter than 1s; \"forever\" has no end");
  CHECK(refusal([] { hold_end("3661d", now); }) ==
        "cannot hold refreshes: \"3661d\" is longer than 3660d; \"forever\" has no end");
  CHECK_THAT(refusal([] { hold_end("\x1b[2Jh", now); }), !Catch::Contains("\x1b"));
  CHECK_THAT(refusal([] { hold_end(std::string(100'000, '1'), now); }), Catch::Contains("too long"));
}

TEST_CASE("a hold on every snap keeps only automatic refreshes out") {
  hold_list holds;
  put_hold(holds, by_user("", now + 1h), now);
  CHECK(held(holds, "hello", refresh_cause::automatic) == 1);
  CHECK(held(holds, "hello", refresh_cause::all) == 0);
  CHECK(held(holds, "hello", refresh_cause::named) == 0);
}

TEST_CASE("a hold on one snap keeps it out of refreshes of all snaps, not out of its own") {
  hold_list holds;
  put_hold(holds, by_user("hello", std::nullopt), now);
  CHECK(held(holds, "hello", refresh_cause::automatic) == 1);
  CHECK(held(holds, "hello", refresh_cause::all) == 1);
  CHECK(held(holds, "hello", refresh_cause::named) == 0);
  CHECK(held(holds, "hello-world", refresh_cause::automatic) == 0);
}

TEST_CASE("a hold is over at its end") {
  hold_list holds;
  put_hold(holds, by_user("hello", now + 1h), now);
  CHECK(held(holds, "hello", refresh_cause::automatic, now + 1h - 1ns) == 1);
  CHECK(held(holds, "hello", refresh_cause::automatic, now + 1h) == 0);
}

TEST_CASE("the hold that lasts longest is told first") {
  hold_list holds;
  put_hold(holds, by_user("hello", now + 1h), now);
  put_hold(holds, by_snap("editor", "hello", now + 3h), now);
  auto option = by_user("", std::nullopt);
  option.holder = hold_holder::system;
  put_hold(holds, option, now);
  auto found = holds_on(holds, "hello", refresh_cause::automatic, now);
  REQUIRE(found.size() == 3);
  CHECK(holder_text(found[0]) == "system");
  CHECK(holder_text(found[1]) == "snap editor");
  CHECK(holder_text(found[2]) == "user");
}

TEST_CASE("a hold takes the place of the same holder's hold on the same snap") {
  hold_list holds;
  put_hold(holds, by_user("hello", std::nullopt), now);
  put_hold(holds, by_user("other", std::nullopt), now);
  put_hold(holds, by_user("hello", now + 1h), now + 1min);
  REQUIRE(holds.size() == 2);
  CHECK(held(holds, "hello", refresh_cause::automatic, now + 2h) == 0);
}

TEST_CASE("holds that are over are dropped when another is added") {
  hold_list holds;
  put_hold(holds, by_user("hello", now + 1h), now);
  put_hold(holds, by_user("other", std::nullopt), now + 2h);
  CHECK(holds.size() == 1);
}

TEST_CASE("a hold that can't be is refused and changes nothing") {
  hold_list holds;
  put_hold(holds, by_user("hello", now + 1h), now);
  const auto before = holds;
  CHECK(refusal([&] { put_hold(holds, by_user("hello", now), now); }) ==
        "cannot hold refreshes of snap \"hello\": the time of its end, 2026-11-02T12:00:00.000000Z, is "
        "over");
  CHECK(refusal([&] { put_hold(holds, by_snap("editor", "", now + 1h), now); }) ==
        "cannot hold refreshes: a snap can hold only refreshes of snaps it names");
  auto wordy = by_user("", std::nullopt);
  wordy.reason = std::string(limits::refresh_hold_reason_bytes + 1, 'x');
  CHECK(refusal([&] { put_hold(holds, wordy, now); }) ==
        "cannot hold refreshes: the reason is longer than 1000 bytes");
  wordy.reason = "two\nlines";
  CHECK(refusal([&] { put_hold(holds, wordy, now); }) ==
        "cannot hold refreshes: the reason must be one line without control characters");
  CHECK(holds == before);
  hold_list many(limits::refresh_holds, by_user("other", std::nullopt));
  CHECK_THAT(refusal([&] { put_hold(many, by_user("hello", now + 1h), now); }),
             Catch::Contains("there are 10000 holds"));
}

TEST_CASE("a snap holds itself for 90 days and others for two, however often it says so") {
  hold_list holds;
  put_hold(holds, by_snap("hello", "hello", std::nullopt), now);
  put_hold(holds, by_snap("hello", "other", now + 24h * 30), now);
  CHECK(holds[0].until == now + 24h * 90);
  CHECK(holds[1].until == now + 48h);
  put_hold(holds, by_snap("hello", "other", std::nullopt), now + 24h);
  CHECK(holds[1].until == now + 48h);
  CHECK(refusal([&] { put_hold(holds, by_snap("hello", "other", std::nullopt), now + 72h); }) ==
        "cannot hold refreshes of snap \"other\": snap \"hello\" has held them since "
        "2026-11-02T12:00:00.000000Z, as long as it may");
  put_hold(holds, by_user("third", std::nullopt), now + 72h);
  CHECK_THAT(refusal([&] { put_hold(holds, by_snap("hello", "other", std::nullopt), now + 72h); }),
             Catch::Contains("as long as it may"));
}

TEST_CASE("a snap may hold another again once that was refreshed") {
  hold_list holds;
  put_hold(holds, by_snap("hello", "other", std::nullopt), now);
  lift_holds_by_snaps(holds, "other");
  CHECK(holds.empty());
  put_hold(holds, by_snap("hello", "other", std::nullopt), now + 72h);
  CHECK(holds.front().until == now + 72h + 48h);
}

TEST_CASE("lifting a hold leaves what others hold") {
  hold_list holds;
  put_hold(holds, by_user("", std::nullopt), now);
  put_hold(holds, by_user("hello", std::nullopt), now);
  put_hold(holds, by_snap("editor", "hello", std::nullopt), now);
  CHECK(lift_hold(holds, hold_holder::user, "hello"));
  CHECK_FALSE(lift_hold(holds, hold_holder::user, "hello"));
  CHECK_FALSE(lift_hold(holds, hold_holder::system, ""));
  CHECK(held(holds, "hello", refresh_cause::automatic) == 2);
  lift_holds_of(holds, "editor");
  CHECK(held(holds, "hello", refresh_cause::automatic) == 1);
  CHECK(lift_hold(holds, hold_holder::user, ""));
  CHECK(holds.empty());
}

TEST_CASE("a hold is told with its holder, its end and its reason") {
  auto hold = by_user("hello", utc(2026, 11, 30, 12));
  CHECK(hold_text(hold) == "held by user until 2026-11-30 12:00 UTC");
  hold.until = utc(2026, 12, 31, 23, 59) + 1s;
  CHECK(hold_text(hold) == "held by user until 2027-01-01 00:00 UTC");
  hold.until.reset();
  hold.holder = hold_holder::system;
  CHECK(hold_text(hold) == "held by system forever");
  hold = by_snap("editor", "hello", utc(2026, 11, 30, 12));
  hold.reason = "a file is open";
  CHECK(hold_text(hold) == "held by snap editor until 2026-11-30 12:00 UTC: a file is open");
}

TEST_CASE("the level of a hold has the API's words") {
  for (auto level : {hold_level::automatic, hold_level::general})
    CHECK(hold_level_from_word(to_word(level)) == level);
  CHECK(to_word(hold_level::automatic) == "auto-refresh");
  CHECK_THROWS_AS(hold_level_from_word("none"), failure);
}
