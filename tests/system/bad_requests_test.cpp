#include <catch2/catch.hpp>

#include "tests/support/raw_http.hpp"
#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

json::object error_of(const std::string& answer) {
  auto envelope = json::parse_object(body_of(answer));
  CHECK(text(envelope, "type") == "error");
  CHECK(json::int_or(envelope, "status-code") == status_of(answer));
  return envelope.at("result").as_object();
}

const std::string boundary = "a-boundary";

std::string field(const std::string& name, const std::string& value) {
  return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
         "\r\n";
}

std::string file(const std::string& name, const std::string& content) {
  return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"x.snap\"\r\n" + "Content-Type: application/octet-stream\r\n\r\n" + content +
         "\r\n";
}

std::string form(const std::string& parts) {
  return raw_request("POST", "/v2/snaps", parts + "--" + boundary + "--\r\n",
                     "multipart/form-data; boundary=" + boundary);
}

} // namespace

TEST_CASE("wrong requests get an error envelope that says what is wrong") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  auto before = get_change(w.api, "1");
  struct wrong_request {
    std::string bytes;
    int status;
    std::string says;
  };
  auto post = [](const std::string& target, const std::string& body) {
    return raw_request("POST", target, body);
  };
  for (const auto& [bytes, status, says] : std::vector<wrong_request>{
           {raw_request("GET", "/"), 404, "\"/\""},
           {raw_request("GET", "/v2/nothing"), 404, "\"/v2/nothing\""},
           {raw_request("GET", "/v2/snaps/hello/nothing"), 404, "/v2/snaps/hello/nothing"},
           {raw_request("DELETE", "/v2/snaps/hello"), 405, "DELETE"},
           {post("/v2/system-info", "{}"), 405, "POST"},
           {raw_request("PUT", "/v2/changes/1", "{}"), 405, "PUT"},
           {raw_request("GET", "/v2/snaps/unknown"), 404, "\"unknown\" is not installed"},
           {raw_request("GET", "/v2/snaps/..%2Fhello"), 404, "../hello"},
           {raw_request("GET", "/v2/snaps/%2e%2e"), 400, "invalid snap name: \"..\""},
           {raw_request("GET", "/v2/snaps/%zz"), 400, "%"},
           {raw_request("GET", "/v2/snaps/HELLO"), 400, "invalid snap name: \"HELLO\""},
           {raw_request("GET", "/v2/changes/99"), 404, "cannot find change with id \"99\""},
           {raw_request("GET", "/v2/changes/abc"), 404, "cannot find change with id \"abc\""},
           {raw_request("GET", "/v2/changes/-1"), 404, "cannot find change with id \"-1\""},
           {raw_request("GET", "/v2/changes/99999999999999999999999"), 404, "cannot find change"},
           {raw_request("GET", "/v2/changes?select=some"), 400, "\"some\""},
           {post("/v2/changes/99", R"({"action":"abort"})"), 404, "cannot find change with id \"99\""},
           {post("/v2/changes/1", R"({"action":"abort"})"), 400,
            "cannot abort change 1 with nothing pending"},
           {post("/v2/changes/1", R"({"action":"explode"})"), 400, "\"explode\""},
           {post("/v2/snaps/hello", ""), 400, "JSON"},
           {post("/v2/snaps/hello", "{\"action\": \"remove\""), 400, "JSON"},
           {post("/v2/snaps/hello", "\"remove\""), 400, "object"},
           {post("/v2/snaps/hello", "{\"action\": 7}"), 400, "action"},
           {post("/v2/snaps/hello", "{}"), 400, "action"},
           {post("/v2/snaps/hello", R"({"action":"explode"})"), 400, "\"explode\""},
           {post("/v2/snaps/hello", R"({"action":"remove","revision":"zero"})"), 400,
            "\"zero\" is no revision"},
           {post("/v2/snaps/hello", R"({"action":"remove","revision":"x9"})"), 404,
            "revision x9 is not installed"},
           {post("/v2/snaps/hello", R"({"action":"remove","revision":"x1"})"), 400, "the active one"},
           {post("/v2/snaps/hello", "{\"action\": \"remove\", \"x\": \"\xff\"}"), 400, "UTF-8"},
           {post("/v2/snaps/hello", std::string(100'000, '[')), 400, ""},
           {post("/v2/snaps/hello", "{\"x\": \"" + std::string(5U << 20, 'x') + "\"}"), 413, ""},
           {post("/v2/snaps/..%2F..%2Fetc", R"({"action":"remove"})"), 404, "../../etc"},
           {post("/v2/snaps/unknown", R"({"action":"remove"})"), 404,
            "\"unknown\": it is not installed"},
           {post("/v2/snaps/unknown", R"({"action":"enable"})"), 404,
            "\"unknown\": it is not installed"},
           {post("/v2/snaps/unknown", R"({"action":"install"})"), 404, "no store"},
           {post("/v2/snaps", R"({"action":"remove"})"), 400, "no snap is named"},
           {post("/v2/snaps", R"({"action":"remove","snaps":["hello","hello"]})"), 400, "named twice"},
           {post("/v2/snaps", R"({"action":"remove","snaps":["hello","../x"]})"), 400,
            "invalid snap name: \"../x\""},
           {post("/v2/snaps", R"({"action":"remove","snaps":["hello","unknown"]})"), 404, "\"unknown\""},
           {form(field("action", "install") + field("dangerous", "true")), 400, "no snap file"},
           {form(field("action", "install") + field("name", "z") + file("snap", "x") +
                 file("snap", "y")),
            400, "more than one file"},
           {form(field("action", "try") + file("snap", "x")), 400, "\"try\""},
           {form(field("action", "install") + field("dangerous", "true") + file("snap", "not a snap")),
            400, "\"x.snap\": not a squashfs image"},
           {raw_request("POST", "/v2/snaps", "no form", "multipart/form-data; boundary=" + boundary),
            400, ""},
           {raw_request("POST", "/v2/snaps", field("action", "install"),
                        "multipart/form-data; boundary=" + boundary),
            400, ""},
           {"NONSENSE\r\n\r\n", 400, ""},
           {"GET /v2/snaps HTTP/1.1\r\nHost: x\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", 431,
            ""},
       }) {
    INFO(bytes.substr(0, 150));
    auto answer = raw_http(w.daemon.socket(), bytes);
    CHECK(status_of(answer) == status);
    auto error = error_of(answer);
    CHECK_FALSE(text(error, "message").empty());
    CHECK_THAT(text(error, "message"), Contains(says));
  }
  CHECK(unready_changes(w.api).empty());
  CHECK(result_of(w.api.get("/v2/changes?select=all")).as_array().size() == 1);
  CHECK(get_change(w.api, "1") == before);
  CHECK(eventually([&] { return fs::is_empty(w.in_root("var/lib/troupe/spool")); }));
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
}

TEST_CASE("an upload that is cut off half-way leaves nothing") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto whole = form(field("action", "install") + field("dangerous", "true") +
                    file("snap", read_file(w.make_snap(plain_snap("hello")))));
  auto chunked = "POST /v2/snaps HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                 "Content-Type: multipart/form-data; boundary=" +
                 boundary + "\r\n\r\n100000\r\n" + field("action", "install") +
                 file("snap", std::string(50'000, 'x'));
  raw_http(w.daemon.socket(), std::string_view{whole}.substr(0, whole.size() / 2), false);
  raw_http(w.daemon.socket(), std::string_view{whole}.substr(0, whole.size() - 10), false);
  raw_http(w.daemon.socket(), chunked, false);
  CHECK(eventually([&] { return fs::is_empty(w.in_root("var/lib/troupe/spool")); }));
  CHECK(result_of(w.api.get("/v2/changes?select=all")).as_array().empty());
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("a client that goes away after its upload doesn't keep the snap from being installed") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto whole = form(field("action", "install") + field("dangerous", "true") +
                    file("snap", read_file(w.make_snap(plain_snap("hello")))));
  raw_http(w.daemon.socket(), whole, false);
  // It may have been too early for the daemon to begin; then nothing is left, else the snap is whole.
  CHECK(eventually([&] {
    return unready_changes(w.api).empty() && fs::is_empty(w.in_root("var/lib/troupe/spool"));
  }));
  if (list_snaps(w.api).empty())
    CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
  else
    CHECK(w.troupe({"run", "hello"}).exit_code == 0);
}

TEST_CASE("commands about unknown snaps and changes say so") {
  TROUPE_NEEDS_ROOT();
  world w;
  struct wrong_command {
    std::vector<std::string> words;
    int exit_code;
    std::string says;
  };
  for (const auto& [words, exit_code, says] : std::vector<wrong_command>{
           {{"remove", "unknown"}, 0, "cannot remove snap \"unknown\": it is not installed"},
           {{"enable", "unknown"}, 1, "cannot enable snap \"unknown\": it is not installed"},
           {{"disable", "unknown"}, 1, "cannot disable snap \"unknown\": it is not installed"},
           {{"info", "unknown"}, 1, "\"unknown\" is not installed"},
           {{"run", "unknown"}, 1, "cannot run snap \"unknown\": it is not installed"},
           {{"remove", "../x"}, 1, "../x"},
           {{"enable", "../../etc"}, 1, "../../etc"},
           {{"run", "../x"}, 1, "invalid snap name"},
           {{"info", "NO"}, 1, "invalid snap name: \"NO\""},
           {{"tasks", "99"}, 1, "cannot find change with id \"99\""},
           {{"watch", "99"}, 1, "cannot find change with id \"99\""},
           {{"abort", "99"}, 1, "cannot find change with id \"99\""},
           {{"abort", "../snaps"}, 1, "../snaps"},
           {{"tasks"}, 1, "give its ID, or --last=KIND"},
           {{"explode"}, 64, "explode"},
           {{"install"}, 64, "FILE"},
           {{"list", "--explode"}, 64, "--explode"},
       }) {
    INFO(Catch::StringMaker<std::vector<std::string>>::convert(words));
    auto result = w.troupe(words);
    CHECK(result.exit_code == exit_code);
    CHECK_THAT(result.err, Contains(says));
    CHECK(result.out.empty());
  }
  CHECK(result_of(w.api.get("/v2/changes?select=all")).as_array().empty());
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("the applications of an installed snap are named when one is asked for that isn't there") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  auto result = w.troupe({"run", "hello.other"});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("no application \"other\"") && Contains("it has: hello"));
}
