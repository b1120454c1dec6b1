#include <catch2/catch.hpp>

#include <string>

#include "messages/failure.hpp"
#include "runtime/api/access.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/http_client.hpp"
#include "runtime/api/target.hpp"

using namespace troupe;
using Catch::Matchers::Contains;

namespace {

http_client::answer answered(const response& from) {
  return {from.status, from.body, json::parse(from.body)};
}

} // namespace

TEST_CASE("the three envelopes have the shapes that the snap client reads") {
  auto done = sync(json::array{1});
  CHECK(done.status == 200);
  CHECK(done.content_type == "application/json");
  CHECK(done.body == R"({"type":"sync","status-code":200,"status":"OK","result":[1]})");

  auto accepted = async("42");
  CHECK(accepted.status == 202);
  CHECK(accepted.body ==
        R"({"type":"async","status-code":202,"status":"Accepted","result":null,"change":"42"})");

  auto refused =
      error(failure{failure_kind::change_conflict, "snap \"x\" has \"install-snap\" change in progress",
                    R"({"snap-name":"x"})"});
  CHECK(refused.status == 409);
  CHECK(json::parse(refused.body) ==
        json::parse(R"({"type":"error","status-code":409,"status":"Conflict","result":{
          "message":"snap \"x\" has \"install-snap\" change in progress",
          "kind":"snap-change-conflict","value":{"snap-name":"x"}}})"));

  CHECK(
      error(failure{"cannot do it"}).body ==
      R"({"type":"error","status-code":400,"status":"Bad Request","result":{"message":"cannot do it"}})");
}

TEST_CASE("an error whose text or value is malformed is still JSON") {
  auto body = error(failure{failure_kind::not_found, "cannot find \xFFx\xC3\xA9\xE2\x82", "{"}).body;
  auto document = json::parse(body);
  CHECK(document.at("result").at("message") ==
        "cannot find \xEF\xBF\xBDx\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(document.at("result").at("value") == "{");
}

TEST_CASE("every kind of failure comes back as itself through an error envelope, or as its like") {
  auto kind = GENERATE(
      failure_kind::bad_request, failure_kind::not_found, failure_kind::method_not_allowed,
      failure_kind::too_large, failure_kind::login_required, failure_kind::forbidden,
      failure_kind::snap_not_found, failure_kind::snap_not_installed,
      failure_kind::snap_already_installed, failure_kind::snap_not_a_snap, failure_kind::change_conflict,
      failure_kind::insufficient_space, failure_kind::unavailable, failure_kind::internal);
  try {
    result_of(answered(error(failure{kind, "cannot do it", "7"})));
    FAIL("an error envelope gave a result");
  } catch (const api_error& got) {
    CHECK(got.kind() == kind);
    CHECK(got.word() == kind_word(kind));
    CHECK(got.status() == http_status(kind));
    CHECK(got.what() == std::string{"cannot do it"});
    CHECK(got.value() == "7");
  }
}

TEST_CASE("a result and a change are read from their envelopes, and nothing from another answer") {
  CHECK(result_of(answered(sync(json::object{{"a", 1}}))) == json::object{{"a", 1}});
  CHECK(result_of(answered(async("9"))).is_null());
  CHECK(change_of(answered(async("9"))) == "9");
  CHECK_THROWS_AS(change_of(answered(sync(nullptr))), failure);
  CHECK_THROWS_WITH(result_of({200, "hello", nullptr}), Contains("HTTP status 200"));
  CHECK_THROWS_AS(result_of({200, "{}", json::object{}}), failure);
  CHECK_THROWS_WITH(result_of({404, "", json::parse(R"({"type":"error","result":{}})")}), "Not Found");
}

TEST_CASE("access follows the socket, then the user") {
  auto allowed = [](access_level level, socket_role socket, uid_t uid) {
    try {
      check_access(level, {.pid = 1, .uid = uid, .gid = uid, .socket = socket}, 1000);
      return 200;
    } catch (const failure& refused) {
      return http_status(refused.kind());
    }
  };
  for (auto socket : {socket_role::troupe, socket_role::snap}) {
    CHECK(allowed(access_level::open, socket, 1234) == 200);
    CHECK(allowed(access_level::authenticated, socket, 0) == 200);
    CHECK(allowed(access_level::authenticated, socket, 1000) == 200);
    CHECK(allowed(access_level::authenticated, socket, 1234) == 401);
    CHECK(allowed(access_level::root, socket, 0) == 200);
    CHECK(allowed(access_level::root, socket, 1000) == 200);
    CHECK(allowed(access_level::root, socket, 1234) == 403);
    CHECK(allowed(access_level::snap, socket, 0) == 403);
  }
  CHECK(allowed(access_level::snap, socket_role::snapctl, 1234) == 200);
  for (auto level : {access_level::open, access_level::authenticated, access_level::root})
    CHECK(allowed(level, socket_role::snapctl, 0) == 403);
}

TEST_CASE("a target is decoded, and a malformed one refused") {
  auto read = parse_target("/v2/snaps/a%2Fb+c?select=all&x=%20+y&select=no&flag&&e=%3D=");
  CHECK(read.path == "/v2/snaps/a/b+c");
  CHECK(read.query ==
        std::map<std::string, std::string>{{"select", "all"}, {"x", "  y"}, {"flag", ""}, {"e", "=="}});
  CHECK(parse_target("/").query.empty());
  CHECK(parse_target("/?").query.empty());
  for (auto bad : {"", "*", "v2", "http://localhost/v2", "/%", "/%4", "/%zz", "/%-1", "/%00", "/?a=%"})
    CHECK_THROWS_AS(parse_target(bad), failure);
}

TEST_CASE("text that is percent-encoded is read back as it was") {
  std::string text;
  for (int byte = 1; byte < 256; ++byte)
    text += static_cast<char>(byte);
  CHECK(parse_target("/" + percent_encode(text)).path == "/" + text);
  CHECK(parse_target("/?k=" + percent_encode(text)).query.at("k") == text);
  CHECK(percent_encode("a-Z_0.~/ü") == "a-Z_0.~%2F%C3%BC");
}
