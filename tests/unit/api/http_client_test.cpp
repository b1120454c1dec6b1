#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>

#include "fixture.hpp"
#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/http_client.hpp"

using namespace api_test;
using namespace troupe;
using Catch::Matchers::Contains;

namespace {

void describe(const std::shared_ptr<exchange>& asked) {
  const auto& what = asked->what();
  asked->reply(sync(json::array{what.method, what.path, what.body}));
}

} // namespace

TEST_CASE("a client gets what it asks for, on one connection") {
  std::atomic<int> asked = 0;
  running_server server{[&](const auto& one) {
    ++asked;
    describe(one);
  }};
  http_client client{server.socket()};
  CHECK(result_of(client.get("/a")) == json::array{"GET", "/a", ""});
  CHECK(result_of(client.post("/b%20c", json::object{{"x", 1}})) ==
        json::array{"POST", "/b c", "{\"x\":1}"});
  CHECK(result_of(client.put("/d", json::array{})) == json::array{"PUT", "/d", "[]"});
  CHECK(asked == 3);
}

TEST_CASE("an answer that isn't JSON is given as it is") {
  running_server server{[](const auto& asked) {
    asked->reply({.status = 200, .content_type = "text/plain", .headers = {}, .body = "plain"});
  }};
  auto got = http_client{server.socket()}.get("/");
  CHECK(got.status == 200);
  CHECK(got.body == "plain");
  CHECK(got.parsed.is_null());
}

TEST_CASE("an error of the daemon is thrown with its kind") {
  running_server server{[](const auto&) {
    throw failure{failure_kind::snap_not_found, "cannot find snap \"x\"", "\"x\""};
  }};
  http_client client{server.socket()};
  try {
    result_of(client.get("/v2/snaps/x"));
    FAIL("an error gave a result");
  } catch (const api_error& got) {
    CHECK(got.word() == "snap-not-found");
    CHECK(got.kind() == failure_kind::snap_not_found);
    CHECK(got.what() == std::string{"cannot find snap \"x\""});
    CHECK(got.value() == "\"x\"");
  }
}

TEST_CASE("without a daemon a client says where it looked and how to start one") {
  temporary_directory directory;
  auto path = directory.path / "no.socket";
  CHECK_THROWS_WITH(http_client{path}.get("/"),
                    "cannot connect to the daemon at " + path.string() +
                        ": No such file or directory (start it with \"trouped --root DIR\")");
  CHECK_THROWS_WITH(http_client{path}.post("/", nullptr), Contains("trouped --root DIR"));
  CHECK_THROWS_AS(http_client{"/tmp/" + std::string(200, 'a')}.get("/"), failure);
}

TEST_CASE("a client goes on after the daemon was started anew") {
  temporary_directory directory;
  http_server::options options{.sockets = {{directory.path / "a.socket", socket_role::troupe, 0666}},
                               .spool = directory.path / "spool",
                               .screen = {}};
  http_client client{directory.path / "a.socket"};
  for (int i = 0; i < 3; ++i) {
    http_server server{options, describe};
    server.start();
    CHECK(result_of(client.post("/a", 1)) == json::array{"POST", "/a", "1"});
    CHECK(result_of(client.get("/a")) == json::array{"GET", "/a", ""});
    server.stop();
    CHECK_THROWS_AS(client.get("/a"), failure);
  }
}

TEST_CASE("a refusal reaches a client whose body was too long") {
  running_server server{describe};
  http_client client{server.socket()};
  CHECK_THROWS_WITH(result_of(client.post("/", json::value(std::string(5U << 20, 'a')))),
                    Contains("longer than"));
  CHECK(result_of(client.get("/")) == json::array{"GET", "/", ""});
}

TEST_CASE("a file that can't be sent is refused before the daemon is asked") {
  temporary_directory directory;
  std::atomic<int> asked = 0;
  running_server server{[&](auto) { ++asked; }};
  http_client client{server.socket()};
  CHECK_THROWS_WITH(client.post_form("/", {}, "snap", directory.path / "none"),
                    Contains("No such file"));
  CHECK_THROWS_WITH(client.post_form("/", {}, "snap", directory.path), Contains("not a regular file"));
  CHECK(asked == 0);
}

TEST_CASE("an empty file is sent too") {
  temporary_directory directory;
  std::ofstream{directory.path / "empty"};
  running_server server{[](const std::shared_ptr<exchange>& asked) {
    asked->reply(sync(asked->what().parts.at(0).bytes));
  }};
  CHECK(result_of(http_client{server.socket()}.post_form("/", {}, "snap", directory.path / "empty")) ==
        0);
}

TEST_CASE("several files are sent in one form, in their order and beside its fields") {
  temporary_directory directory;
  std::vector<std::filesystem::path> files;
  std::string big(200'000, 'b');
  for (const auto& [name, content] :
       std::vector<std::pair<std::string, std::string>>{{"a", "first"}, {"b", big}, {"c", ""}}) {
    files.push_back(directory.path / name);
    std::ofstream{files.back()} << content;
  }
  running_server server{[](const std::shared_ptr<exchange>& asked) {
    json::array parts;
    for (const auto& part : asked->what().parts)
      parts.push_back(json::array{part.name, part.value, part.filename, part.bytes});
    asked->reply(sync(std::move(parts)));
  }};
  std::uint64_t sent = 0;
  std::uint64_t sum = 0;
  auto grows = true;
  auto answer = http_client{server.socket()}.post_form("/", {{"action", "install"}}, "snap", files,
                                                       [&](std::uint64_t done, std::uint64_t total) {
                                                         grows = grows && done > sent;
                                                         sent = done;
                                                         sum = total;
                                                       });
  auto parts = result_of(answer).as_array();
  REQUIRE(parts.size() == 4);
  CHECK(parts.at(0).at(0) == "action");
  CHECK(parts.at(0).at(1) == "install");
  CHECK(parts.at(1) == json::array{"snap", "", "a", 5});
  CHECK(parts.at(2) == json::array{"snap", "", "b", 200'000});
  CHECK(parts.at(3) == json::array{"snap", "", "c", 0});
  CHECK(grows);
  CHECK(sent == 200'005);
  CHECK(sum == 200'005);
}
