#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/refresh_timer.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct good_row {
  const char* text;
  const char* canonical;
};

struct bad_row {
  const char* text;
  const char* reason;
};

std::string refusal(std::string_view text) {
  try {
    parse_refresh_timer(text);
  } catch (const failure& refused) {
    return refused.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("a timer is read and written in one way") {
  for (auto [text, canonical] : {
           good_row{"00:00~24:00/4", "00:00~24:00/4"},
           {"00:00-24:00/24", "00:00-24:00/24"},
           {"00:00-24:00/96", "00:00-24:00/96"},
           {"00:00-24:00/1440", "00:00-24:00/1440"},
           {"12:00-13:00/12", "12:00-13:00/12"},
           {"0:00-24:00", "00:00-24:00"},
           {"00:00-24:00/1", "00:00-24:00"},
           {"00:00-24:00/007", "00:00-24:00/7"},
           {"23:00", "23:00"},
           {"9:30", "09:30"},
           {"00:00", "00:00"},
           {"10:00,15:00", "10:00,15:00"},
           {"23:59-00:00", "23:59-24:00"},
           {"23:00-24:00", "23:00-24:00"},
           {"23:00-01:00", "23:00-01:00"},
           {"23:00~01:00/2", "23:00~01:00/2"},
           {"00:01-00:00", "00:01-24:00"},
           {"mon", "mon"},
           {"mon,wed", "mon,wed"},
           {"mon,mon", "mon,mon"},
           {"sun", "sun"},
           {"mon,10:00~12:00", "mon,10:00~12:00"},
           {"mon,10:00,,fri,15:00", "mon,10:00,,fri,15:00"},
           {"mon,fri,10:00,15:00", "mon,fri,10:00,15:00"},
           {"mon-wed,fri,9:00-11:00/2", "mon-wed,fri,09:00-11:00/2"},
           {"mon,9:00~11:00,,wed,22:00~23:00", "mon,09:00~11:00,,wed,22:00~23:00"},
           {"mon2-wed,23:00-24:00", "mon2-wed,23:00-24:00"},
           {"mon1-wed", "mon1-wed"},
           {"mon-wed3", "mon-wed3"},
           {"fri5,23:00-01:00", "fri5,23:00-01:00"},
           {"fri-mon,9:00", "fri-mon,09:00"},
           {"sat1,sun5", "sat1,sun5"},
           {"9:00-11:00,,20:00", "09:00-11:00,,20:00"},
           {"mon,,tue,,wed", "mon,,tue,,wed"},
       }) {
    CAPTURE(text);
    auto timer = parse_refresh_timer(text);
    CHECK(to_string(timer) == canonical);
    CHECK(parse_refresh_timer(canonical) == timer);
  }
}

TEST_CASE("a timer that can't be read is refused with the part that is wrong") {
  for (auto [text, reason] : {
           bad_row{"", "cannot read timer \"\": it is empty; the default is 00:00~24:00/4"},
           {",", "an empty part"},
           {",,", "an empty part"},
           {"mon,", "an empty part"},
           {",mon", "an empty part"},
           {"mon,,", "an empty part"},
           {"mon,,,tue", "an empty part"},
           {"monday", "\"monday\": after a day only a number from 1 to 5"},
           {"Mon", "cannot read timer: its byte 1 is none of"},
           {"mon 10:00", "cannot read timer: its byte 4 is none of"},
           {"mo", "\"mo\": it is neither a time such as 9:30 nor a day"},
           {"xyz", "\"xyz\": it is neither"},
           {"~", "\"~\": it is neither"},
           {"/4", "\"/4\": it is neither"},
           {"mon0", "\"mon0\": after a day only a number from 1 to 5"},
           {"mon6", "\"mon6\": after a day only"},
           {"mon11", "\"mon11\": after a day only"},
           {"mon-", "\"mon-\": it is neither"},
           {"-mon", "\"-mon\": it is neither"},
           {"mon~wed", "\"mon~wed\": after a day only"},
           {"mon/2", "\"mon/2\": after a day only"},
           {"mon-tue-wed", "\"mon-tue-wed\": after a day only"},
           {"mon-mon", "same day of the week"},
           {"mon1-mon", "same day of the week"},
           {"mon2-wed2", "only one end may have a number; write mon2-wed or mon-wed2"},
           {"fri1-mon3", "only one end may have a number"},
           {"mon-9:00", "\"mon-9:00\": it is neither"},
           {"10:00,mon", "\"mon\": days come before times"},
           {"mon,10:00,tue,11:00", "\"tue\": days come before times"},
           {"10", "\"10\": a time is an hour and two digits of minutes"},
           {"10:", "\"10:\": a time is"},
           {"10:0", "\"10:0\": a time is"},
           {"10:000", "\"10:000\": a time is"},
           {"010:00", "\"010:00\": a time is"},
           {"1:2:3", "\"1:2:3\": a time is"},
           {"10:-1", "\"10:-1\": a time is"},
           {"9:0a", "\"9:0a\": a time is"},
           {"25:00", "\"25:00\": a time is from 00:00 to 24:00"},
           {"10:60", "\"10:60\": its minutes are from 00 to 59"},
           {"24:00", "\"24:00\": 24:00 is only the end of a span"},
           {"24:00-01:00", "24:00 is only the end of a span"},
           {"23:00-24:01", "\"23:00-24:01\": a time is from 00:00 to 24:00"},
           {"9:00-", "\"9:00-\": a time is"},
           {"9:00-10:00-11:00", "a time is an hour"},
           {"9:00~10:00~11:00", "a time is an hour"},
           {"10:00-10:00", "it begins and ends at the same time; the whole day is 00:00-24:00"},
           {"9:00/4", "\"9:00/4\": only a span such as 9:00-11:00 can be divided"},
           {"9:00-11:00/", "after / the number of its parts must follow"},
           {"9:00-11:00/0", "after / the number"},
           {"9:00-11:00/-1", "after / the number"},
           {"9:00-11:00/2/2", "after / the number"},
           {"9:00-11:00/x", "after / the number"},
           {"9:00-11:00/4294967296", "after / the number"},
           {"9:00-11:00/121", "more parts than it has minutes, 120"},
           {"00:00-24:00/1440,12:00", "it has 1441 windows a day; at most 1440"},
       }) {
    CAPTURE(text);
    CHECK_THAT(refusal(text), Catch::StartsWith("cannot read timer") && Catch::Contains(reason));
  }
}

TEST_CASE("bytes that no timer has are told by their place and never shown") {
  for (std::string_view bytes : {std::string_view{"mon\0", 4}, std::string_view{"mon\n"},
                                 std::string_view{"mon\xff"}, std::string_view{"mon\x1b[2J"}}) {
    auto text = refusal(bytes);
    CHECK(text == "cannot read timer: its byte 4 is none of lower-case letters, digits and :,-~/");
  }
}

TEST_CASE("a timer that is too long is refused without being shown") {
  CHECK(refusal(std::string(limits::refresh_timer_bytes + 1, '1')) ==
        "cannot read timer: it is longer than 1000 bytes");
}

TEST_CASE("a timer says which days, which times and whether at random") {
  auto timer = parse_refresh_timer("tue3,sat-sun,23:00~01:00/2,7:15");
  REQUIRE(timer.schedules.size() == 1);
  const auto& [days, spans] = timer.schedules.front();
  REQUIRE(days.size() == 2);
  CHECK(days[0] == timer_days{{std::chrono::Tuesday, 3}, {std::chrono::Tuesday, 3}});
  CHECK(days[1] == timer_days{{std::chrono::Saturday}, {std::chrono::Sunday}});
  REQUIRE(spans.size() == 2);
  CHECK(spans[0] == timer_span{23h, 2h, true, 2});
  CHECK(spans[1] == timer_span{7h + 15min, 0min, false, 1});
}
