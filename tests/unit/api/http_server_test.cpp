#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include "fixture.hpp"
#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/reply_stream.hpp"
#include "runtime/limits.hpp"

using namespace api_test;
using namespace troupe;
using Catch::Matchers::Contains;

namespace {

// Answers with what it was asked.
void echo(const std::shared_ptr<exchange>& asked) {
  const auto& what = asked->what();
  json::object result{{"method", what.method}, {"path", what.path}, {"body", what.body}};
  for (const auto& [key, value] : what.query)
    result["query-" + key] = value;
  asked->reply(sync(std::move(result)));
}

json::value result(const wire_answer& from) { return json::parse(from.body).at("result"); }

std::string field(const wire_answer& from, std::string_view name) {
  return std::string{result(from).at(name).as_string()};
}

std::string message(const wire_answer& from) { return field(from, "message"); }

} // namespace

TEST_CASE("a request arrives decoded and its answer is an envelope") {
  running_server server{echo};
  wire client{server.socket()};
  auto got = client.ask(with_length("POST /v2/snaps/a%20b?select=all&x=%26 HTTP/1.1", R"({"a":1})"));
  CHECK(got.status == 200);
  CHECK_THAT(got.head,
             Contains("HTTP/1.1 200 OK\r\n") && Contains("Content-Type: application/json\r\n"));
  CHECK(result(got) == json::parse(R"({"method":"POST","path":"/v2/snaps/a b","body":"{\"a\":1}",
                                       "query-select":"all","query-x":"&"})"));
}

TEST_CASE("a connection is kept for further requests, sent one by one or at once") {
  running_server server{echo};
  wire client{server.socket()};
  for (int i = 0; i < 3; ++i)
    CHECK(field(client.ask("GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n"), "path") ==
          "/" + std::to_string(i));
  client.send("GET /a HTTP/1.1\r\n\r\n" + with_length("PUT /b HTTP/1.1", "x") +
              "GET /c HTTP/1.1\r\n\r\n");
  for (auto path : {"/a", "/b", "/c"})
    CHECK(field(client.receive(), "path") == path);
  client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  CHECK(client.receive().status == 200);
  CHECK(client.closed());
}

TEST_CASE("HTTP/1.0 is answered in kind, and the connection closed unless it is to be kept") {
  running_server server{echo};
  wire client{server.socket()};
  auto kept = client.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK_THAT(kept.head, Contains("HTTP/1.0 200 OK"));
  CHECK(client.ask("GET /b HTTP/1.0\r\n\r\n").status == 200);
  CHECK(client.closed());
}

TEST_CASE("a chunked body is put together") {
  running_server server{echo};
  wire client{server.socket()};
  auto got = client.ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n");
  CHECK(field(got, "body") == "abc0123456789");
}

TEST_CASE("a client that asks before it sends its body is told to go on") {
  running_server server{echo};
  wire client{server.socket()};
  client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.receive().status == 100);
  CHECK(field(client.ask("ab"), "body") == "ab");
}

TEST_CASE("the answer to HEAD has no body") {
  running_server server{echo};
  wire client{server.socket()};
  client.send("HEAD / HTTP/1.1\r\n\r\n");
  CHECK(client.receive(false).status == 200);
  CHECK(client.ask("GET / HTTP/1.1\r\n\r\n").status == 200);
}

TEST_CASE("a body that is too long is taken to its end and refused, and the connection stays usable") {
  running_server server{echo};
  wire client{server.socket()};
  std::string body(5U << 20, 'a');
  SECTION("with its length") { REQUIRE(client.send(with_length("POST / HTTP/1.1", body))); }
  SECTION("chunked") {
    REQUIRE(client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n500000\r\n" + body +
                        "\r\n0\r\n\r\n"));
  }
  auto got = client.receive();
  CHECK(got.status == 413);
  CHECK_THAT(message(got), Contains("longer than 4194304 bytes"));
  CHECK(client.ask("GET / HTTP/1.1\r\n\r\n").status == 200);
}

TEST_CASE("a body just as long as allowed is taken") {
  running_server server{echo};
  wire client{server.socket()};
  std::string body(limits::api_body_bytes, 'a');
  client.send(with_length("POST / HTTP/1.1", body));
  CHECK(field(client.receive(), "body").size() == body.size());
}

TEST_CASE("a body that is too long to be drained is answered before its end") {
  running_server server{echo};
  wire client{server.socket()};
  client.send("POST / HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n");
  std::string piece(1U << 20, 'a');
  std::uint64_t sent = 0;
  while (sent <= limits::api_drain_bytes && client.send(piece))
    sent += piece.size();
  CHECK(client.receive().status == 413);
  CHECK(client.closed());
}

TEST_CASE("what isn't a well-formed request gets an error envelope and the connection is closed") {
  running_server server{echo};
  wire client{server.socket()};
  auto text =
      GENERATE(as<std::string>{}, "hello there\r\n\r\n", "\x16\x03\x01\x02" + std::string(600, '\1'),
               "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
               "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
               "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
               "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  INFO(text);
  client.send(text);
  auto got = client.receive();
  CHECK(got.status == 400);
  CHECK_THAT(message(got), Contains("cannot read request: "));
  CHECK(client.closed());
}

TEST_CASE("a head that is too long is refused in the same way") {
  running_server server{echo};
  wire client{server.socket()};
  SECTION("in one field") {
    client.send("GET / HTTP/1.1\r\nX: " + std::string(1U << 20, 'a') + "\r\n\r\n");
  }
  SECTION("in its target") { client.send("GET /" + std::string(1U << 20, 'a') + " HTTP/1.1\r\n\r\n"); }
  auto got = client.receive();
  CHECK(got.status == 431);
  CHECK_THAT(message(got), Contains("longer than 65536 bytes"));
  CHECK(client.closed());
}

TEST_CASE("a malformed target or form type is refused after its body, and the connection stays usable") {
  running_server server{echo};
  wire client{server.socket()};
  CHECK(client.ask(with_length("POST /%zz HTTP/1.1", "body")).status == 400);
  CHECK(client.ask(with_length("POST / HTTP/1.1", "body", "Content-Type: multipart/form-data\r\n"))
            .status == 400);
  CHECK(client.ask("GET / HTTP/1.1\r\n\r\n").status == 200);
}

TEST_CASE("the screen refuses a request before its body is stored") {
  std::atomic<int> asked = 0;
  running_server server{[&](auto) { ++asked; },
                        [](const request& head) {
                          if (head.path == "/closed" && head.method == "POST" && head.body.empty())
                            throw failure{failure_kind::login_required, "access denied"};
                        }};
  wire client{server.socket()};
  auto got = client.ask(with_length("POST /closed HTTP/1.1", "body"));
  CHECK(got.status == 401);
  CHECK(field(got, "kind") == "login-required");
  CHECK(asked == 0);
}

TEST_CASE("an exchange that nobody answers gets an error") {
  running_server server{[](auto) {}};
  wire client{server.socket()};
  auto got = client.ask("GET /v2/x HTTP/1.1\r\n\r\n");
  CHECK(got.status == 500);
  CHECK(message(got) == "cannot answer GET /v2/x: the request was dropped");
  CHECK(client.ask("GET / HTTP/1.1\r\n\r\n").status == 500);
}

TEST_CASE("what the handler throws becomes the answer") {
  running_server server{[](const std::shared_ptr<exchange>& asked) {
    if (asked->what().path == "/failure")
      throw failure{failure_kind::not_found, "cannot find it"};
    throw std::runtime_error{"a fault"};
  }};
  wire client{server.socket()};
  CHECK(client.ask("GET /failure HTTP/1.1\r\n\r\n").status == 404);
  auto fault = client.ask("GET /fault HTTP/1.1\r\n\r\n");
  CHECK(fault.status == 500);
  CHECK_THAT(message(fault), Contains("a fault"));
}

TEST_CASE("an exchange is answered from any thread, late and once") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  wire client{server.socket()};
  client.send("GET /a HTTP/1.1\r\n\r\n");
  auto asked = held.take();
  asked->reply(
      {.status = 201, .content_type = "text/plain", .headers = {{"X-Count", "3"}}, .body = "first"});
  asked->reply(sync("second"));
  asked.reset();
  auto got = client.receive();
  CHECK(got.status == 201);
  CHECK(got.body == "first");
  CHECK_THAT(got.head, Contains("X-Count: 3\r\n") && Contains("Content-Type: text/plain\r\n"));

  client.send("GET /b HTTP/1.1\r\n\r\n");
  std::thread{[&] { held.take()->reply(sync("other thread")); }}.join();
  CHECK(result(client.receive()) == "other thread");
}

TEST_CASE("a client that hangs up is noticed, one that has merely sent all is not") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  auto client = std::make_unique<wire>(server.socket());
  client->send("GET /a HTTP/1.1\r\n\r\n");
  client->end_of_input();
  auto asked = held.take();
  CHECK_FALSE(asked->client_gone());
  asked->reply(sync(1));
  CHECK(client->receive().status == 200);

  client = std::make_unique<wire>(server.socket());
  client->send("GET /b HTTP/1.1\r\n\r\n");
  asked = held.take();
  CHECK_FALSE(asked->client_gone());
  client.reset();
  CHECK(eventually([&] { return asked->client_gone(); }));
  asked->reply(sync(2));
  CHECK(wire{server.socket()}.send("GET /c HTTP/1.1\r\n\r\n"));
  held.take()->reply(sync(3));
}

TEST_CASE("a request carries its peer's credentials and its socket") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  auto from = [&](const char* name) {
    wire client{server.directory.path / name};
    client.send("GET / HTTP/1.1\r\n\r\n");
    auto asked = held.take();
    asked->reply(sync(nullptr));
    client.receive();
    return asked->what().from;
  };
  auto own = from("own.socket");
  CHECK(own.pid == ::getpid());
  CHECK(own.uid == ::getuid());
  CHECK(own.gid == ::getgid());
  CHECK(own.socket == socket_role::troupe);
  CHECK(from("snap.socket").socket == socket_role::snap);
  CHECK(from("snapctl.socket").socket == socket_role::snapctl);
}

TEST_CASE("a stale socket is replaced, a live one and another file are not") {
  temporary_directory directory;
  auto path = directory.path / "deep" / "down" / "a.socket";
  http_server::options options{
      .sockets = {{path, socket_role::troupe, 0666}}, .spool = directory.path, .screen = {}};
  http_server first{options, echo};
  first.start();
  CHECK(wire{path}.ask("GET / HTTP/1.1\r\n\r\n").status == 200);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0666);

  http_server second{options, echo};
  CHECK_THROWS_WITH(second.start(), Contains("another daemon listens there"));
  CHECK(wire{path}.ask("GET / HTTP/1.1\r\n\r\n").status == 200);

  auto saved = directory.path / "saved";
  std::filesystem::rename(path, saved);
  first.stop();
  std::filesystem::rename(saved, path);
  http_server third{options, echo};
  third.start();
  CHECK(wire{path}.ask("GET / HTTP/1.1\r\n\r\n").status == 200);
  third.stop();
  CHECK_FALSE(std::filesystem::exists(path));

  std::ofstream{path} << "a file";
  http_server fourth{options, echo};
  CHECK_THROWS_WITH(fourth.start(), Contains("another file is in the way"));
  CHECK(std::filesystem::is_regular_file(path));
}

TEST_CASE("a server that can't open all its sockets leaves none") {
  temporary_directory directory;
  auto good = directory.path / "good.socket";
  auto bad = GENERATE(as<std::string>{}, "/proc/none/bad.socket", "/tmp/" + std::string(200, 'a'));
  http_server server{{.sockets = {{good, socket_role::troupe, 0666}, {bad, socket_role::snap, 0666}},
                      .spool = directory.path,
                      .screen = {}},
                     echo};
  CHECK_THROWS_AS(server.start(), failure);
  CHECK_FALSE(std::filesystem::exists(good));
}

TEST_CASE("a server that stops answers what is open, and replies that come later do no harm") {
  held_exchanges held;
  auto server = std::make_unique<running_server>([&](auto asked) { held.hold(std::move(asked)); });
  wire idle{server->socket()};
  wire waiting{server->socket()};
  idle.send("GET /half");
  waiting.send("GET / HTTP/1.1\r\n\r\n");
  auto asked = held.take();
  server->server.stop();
  CHECK(waiting.receive().status == 503);
  CHECK(waiting.closed());
  CHECK(idle.closed());
  CHECK_FALSE(std::filesystem::exists(server->socket()));
  server.reset();
  asked->reply(sync("too late"));
}

TEST_CASE("many connections are served at the same time") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  constexpr int count = 200;
  std::vector<std::unique_ptr<wire>> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<wire>(server.socket()));
    clients.back()->send("GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n");
  }
  std::vector<std::shared_ptr<exchange>> all;
  for (int i = 0; i < count; ++i)
    all.push_back(held.take());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = t; i < count; i += 4)
        echo(all[static_cast<std::size_t>(i)]);
    });
  for (auto& thread : threads)
    thread.join();
  for (int i = 0; i < count; ++i)
    CHECK(field(clients[static_cast<std::size_t>(i)]->receive(), "path") == "/" + std::to_string(i));
}

TEST_CASE("connections beyond the limit are refused in words, until others have ended") {
  running_server server{echo};
  std::vector<std::unique_ptr<wire>> clients;
  for (std::size_t i = 0; i < limits::api_connections; ++i)
    clients.push_back(std::make_unique<wire>(server.socket()));
  wire refused{server.socket()};
  auto got = refused.ask("GET / HTTP/1.1\r\n\r\n");
  CHECK(got.status == 503);
  CHECK(message(got) == "cannot answer request: too many connections");
  CHECK(refused.closed());
  clients.clear();
  CHECK(eventually([&] { return wire{server.socket()}.ask("GET / HTTP/1.1\r\n\r\n").status == 200; }));
}

TEST_CASE("far too many connections wait for room") {
  running_server server{echo};
  std::vector<std::unique_ptr<wire>> clients;
  for (std::size_t i = 0; i < limits::api_connections + 2 * limits::api_refused_connections; ++i)
    clients.push_back(std::make_unique<wire>(server.socket()));
  clients.back()->send("GET / HTTP/1.1\r\n\r\n");
  for (std::size_t i = 0; i + 1 < clients.size(); ++i)
    clients[i].reset();
  CHECK(clients.back()->receive().status != 0);
}

TEST_CASE("no descriptor of a server is inherited by programs") {
  auto inheritable = [] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
      auto flags = ::fcntl(std::stoi(entry.path().filename()), F_GETFD);
      if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
        ++count;
    }
    return count;
  };
  auto before = inheritable();
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  wire client{server.socket()};
  client.send("GET / HTTP/1.1\r\n\r\n");
  auto asked = held.take();
  CHECK(inheritable() == before);
}

TEST_CASE("an answer may grow while it is sent, until it ends or its client goes") {
  auto stream = std::make_shared<reply_stream>();
  running_server server{[&](const std::shared_ptr<exchange>& asked) {
    response reply;
    reply.body = "first ";
    reply.more = stream;
    asked->reply(std::move(reply));
  }};
  auto read_until = [](wire& client, const std::string& text) {
    std::string got;
    while (got.find(text) == got.npos)
      got += client.receive_some();
    return got;
  };
  {
    wire client{server.socket()};
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK_THAT(read_until(client, "first"), Contains("chunked"));
    stream->push("second ");
    read_until(client, "second");
    stream->push("third");
    stream->end();
    read_until(client, "0\r\n\r\n");
    CHECK(client.closed());
    CHECK_FALSE(stream->take());
  }
  stream = std::make_shared<reply_stream>();
  {
    wire client{server.socket()};
    client.send("GET / HTTP/1.0\r\n\r\n");
    read_until(client, "first");
  }
  CHECK(eventually([&] { return stream->is_over(); }));
  stream->push("nobody reads this");
  stream = std::make_shared<reply_stream>();
  wire last{server.socket()};
  last.send("GET / HTTP/1.1\r\n\r\n");
  read_until(last, "first");
  server.server.stop();
  CHECK(stream->is_over());
  read_until(last, "0\r\n\r\n");
}
