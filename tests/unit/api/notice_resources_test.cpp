#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/notice_resources.hpp"
#include "runtime/api/timestamps.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point start = std::chrono::sys_days{std::chrono::year{2024} / 5 / 1} + 10h + 30min;

} // namespace

TEST_CASE("a time is read in any zone and to the nanosecond") {
  CHECK(from_rfc3339("2024-05-01T10:30:00Z") == start);
  CHECK(from_rfc3339("2024-05-01t10:30:00z") == start);
  CHECK(from_rfc3339("2024-05-01T12:30:00+02:00") == start);
  CHECK(from_rfc3339("2024-04-30T22:45:00-11:45") == start);
  CHECK(from_rfc3339("2024-05-01T10:30:00.000001Z") == start + 1us);
  CHECK(from_rfc3339("2024-05-01T10:30:00.5Z") == start + 500ms);
  CHECK(from_rfc3339("2024-05-01T10:30:00.123456789999Z") == start + 123456789ns);
  CHECK(from_rfc3339("2024-02-29T00:00:00Z") < start);
  CHECK(from_rfc3339("1970-01-01T00:00:00Z") == time_point{});
  CHECK(from_rfc3339("2261-12-31T23:59:60-23:59") > start);
}

TEST_CASE("a text that is no time is refused") {
  for (std::string text :
       {"", "now", "2024-05-01", "2024-05-01T10:30:00", "2024-05-01T10:30Z", "2024-05-01T10:30:00.Z",
        "2024-05-01T10:30:00Zx", "2024-05-01T24:00:00Z", "2024-13-01T10:30:00Z", "2023-02-29T10:30:00Z",
        "2024-05-00T10:30:00Z", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z",
        "2024-05-01T10:30:00+2:00", "+024-05-01T10:30:00Z", "2024-05-01T10:-3:00Z",
        "2024-05-01T10:30:00 02:00"}) {
    INFO(text);
    CHECK_THROWS_WITH(from_rfc3339(text),
                      "malformed time \"" + text + "\": it must look like 2024-05-01T10:30:00Z");
  }
}

TEST_CASE("a sync answer says how many warnings there are, and only if there are any") {
  auto counted = with_warnings(sync(json::array{1}), 2, start);
  CHECK(json::parse(counted.body) ==
        json::parse(R"({"type":"sync","status-code":200,"status":"OK","result":[1],
          "warning-count":2,"warning-timestamp":"2024-05-01T10:30:00.000000Z"})"));
  CHECK(with_warnings(sync(json::array{1}), 0, {}).body == sync(json::array{1}).body);
  CHECK(with_warnings(async("1"), 2, start).body == async("1").body);
  auto refused = error(404, "no");
  CHECK(with_warnings(refused, 2, start).body == refused.body);
  response text{200, "text/plain", {}, ""};
  CHECK(with_warnings(text, 2, start).body.empty());
}

TEST_CASE("a notice is shown for all or for a user") {
  notice what{7, {}, "change-update", "12", start, start + 2s, start + 1s, 3, {{"kind", "remove-snap"}}};
  CHECK(json::value(notice_resource(what)) == json::parse(R"({"id":"7","user-id":null,
    "type":"change-update","key":"12","first-occurred":"2024-05-01T10:30:00.000000Z",
    "last-occurred":"2024-05-01T10:30:02.000000Z","last-repeated":"2024-05-01T10:30:01.000000Z",
    "occurrences":3,"expire-after":"168h0m0s","last-data":{"kind":"remove-snap"}})"));
  what.uid = 1000;
  what.data.clear();
  auto shown = notice_resource(what);
  CHECK(shown.at("user-id") == 1000);
  CHECK_FALSE(shown.contains("last-data"));
}

TEST_CASE("a warning is shown with durations that the snap client can read") {
  warning what{"the disk is full", start, start + 1us, {}};
  CHECK(json::value(warning_resource(what)) == json::parse(R"({"message":"the disk is full",
    "first-added":"2024-05-01T10:30:00.000000Z","last-added":"2024-05-01T10:30:00.000001Z",
    "expire-after":"672h0m0s","repeat-after":"24h0m0s"})"));
  what.last_shown = start + 1s;
  CHECK(warning_resource(what).at("last-shown") == "2024-05-01T10:30:01.000000Z");
}

TEST_CASE("a change of the history is shown with its snaps, and its error if it has one") {
  history_entry what{change_id{4}, "install-snap", "Install", task_status::error,
                     start,        start + 1s,     "no",      {"ant"}};
  CHECK(json::value(history_resource(what)) == json::parse(R"({"id":"4","kind":"install-snap",
    "summary":"Install","status":"Error","spawn-time":"2024-05-01T10:30:00.000000Z",
    "ready-time":"2024-05-01T10:30:01.000000Z","err":"no","snap-names":["ant"]})"));
  what.error.clear();
  CHECK_FALSE(history_resource(what).contains("err"));
}
