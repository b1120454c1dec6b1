#include <catch2/catch.hpp>

#include <sys/mount.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <sstream>

#include "fixture.hpp"
#include "messages/failure.hpp"
#include "runtime/api/envelope.hpp"
#include "runtime/api/http_client.hpp"

using namespace api_test;
using namespace troupe;
using Catch::Matchers::Contains;

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string noise(std::size_t bytes) {
  std::string result(bytes, '\0');
  std::uint32_t state = 12345;
  for (auto& byte : result) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24);
  }
  return result;
}

std::string part(const std::string& disposition, const std::string& data) {
  return "--frontier\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + data + "\r\n";
}

std::string chunked(const std::string& body, std::size_t chunk_bytes) {
  std::ostringstream text;
  for (std::size_t at = 0; at < body.size(); at += chunk_bytes) {
    auto chunk = body.substr(at, chunk_bytes);
    text << std::hex << chunk.size() << "\r\n" << chunk << "\r\n";
  }
  text << "0\r\n\r\n";
  return text.str();
}

const std::string form_head = "POST /v2/snaps HTTP/1.1\r\nHost: localhost\r\n"
                              "Content-Type: multipart/form-data; boundary=frontier\r\n";

std::string chunked_form(const std::string& body, std::size_t chunk_bytes = 32U << 10) {
  return form_head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, chunk_bytes);
}

void accept_all(const std::shared_ptr<exchange>& asked) { asked->reply(async("1")); }

std::string message(const wire_answer& from) {
  return std::string{json::parse(from.body).at("result").at("message").as_string()};
}

// A file system with little room, for as long as it lives.
struct small_disk {
  small_disk() { mounted = ::mount("tmpfs", directory.path.c_str(), "tmpfs", 0, "size=1m") == 0; }
  ~small_disk() {
    if (mounted)
      ::umount2(directory.path.c_str(), MNT_DETACH);
  }
  temporary_directory directory;
  bool mounted = false;
};

} // namespace

TEST_CASE("a form's fields come as text and its files in the spool, private to the daemon") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  wire client{server.socket()};
  auto form = part("name=\"action\"", "install") +
              part("name=\"snap\"; filename=\"a.snap\"", "first\r\n--file") +
              part("name=\"dangerous\"", "true") + part("name=\"snap\"; filename=\"../b.snap\"", "") +
              "--frontier--\r\n";
  auto chunk_bytes = GENERATE(1U, 7U, 32768U);
  client.send(chunked_form(form, chunk_bytes));
  auto asked = held.take();
  const auto& what = asked->what();
  CHECK(what.is_form);
  CHECK(what.body.empty());
  REQUIRE(what.parts.size() == 4);
  CHECK(what.parts[0].name == "action");
  CHECK(what.parts[0].value == "install");
  CHECK(what.parts[0].file.empty());
  CHECK(what.parts[1].name == "snap");
  CHECK(what.parts[1].filename == "a.snap");
  CHECK(what.parts[1].value.empty());
  CHECK(what.parts[1].bytes == 13);
  CHECK(content_of(what.parts[1].file) == "first\r\n--file");
  CHECK(what.parts[2].value == "true");
  CHECK(what.parts[3].filename == "../b.snap");
  CHECK(what.parts[3].bytes == 0);
  CHECK(what.parts[3].file != what.parts[1].file);
  CHECK(what.parts[3].file.parent_path() == server.spool);
  struct stat status {};
  REQUIRE(::stat(what.parts[1].file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  asked->reply(async("1"));
  asked.reset();
  CHECK(client.receive().status == 202);
  CHECK(files_in(server.spool) == 0);
}

TEST_CASE("a kept file stays, and the others of its form go") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  wire client{server.socket()};
  client.send(chunked_form(part("name=x", "y") + part("name=a; filename=a", "one") +
                           part("name=b; filename=b", "two") + "--frontier--"));
  auto asked = held.take();
  CHECK_THROWS_AS(asked->keep_file(0), failure);
  CHECK_THROWS_AS(asked->keep_file(3), failure);
  auto kept = asked->keep_file(2);
  asked.reset();
  CHECK(client.receive().status == 500);
  CHECK(files_in(server.spool) == 1);
  CHECK(content_of(kept) == "two");
}

TEST_CASE("a large file goes from client to spool unchanged, and its progress is told") {
  temporary_directory directory;
  auto data = noise(20'000'003);
  auto file = directory.path / "x \"y\".snap";
  std::ofstream{file, std::ios::binary} << data;

  std::string received;
  std::string filename;
  std::vector<std::pair<std::string, std::string>> fields;
  running_server server{[&](const std::shared_ptr<exchange>& asked) {
    fields.clear();
    for (const auto& each : asked->what().parts) {
      if (each.file.empty()) {
        fields.emplace_back(each.name, each.value);
      } else {
        received = content_of(each.file);
        filename = each.filename;
      }
    }
    asked->reply(async("7"));
  }};
  http_client client{server.socket()};
  std::uint64_t last = 0;
  bool in_order = true;
  std::vector<std::pair<std::string, std::string>> sent{{"action", "install"},
                                                        {"snap-path", file.string()}};
  auto answer =
      client.post_form("/v2/snaps", sent, "snap", file, [&](std::uint64_t done, std::uint64_t total) {
        in_order = in_order && done > last && done <= total && total == data.size();
        last = done;
      });
  CHECK(change_of(answer) == "7");
  CHECK(received.size() == data.size());
  CHECK((received == data));
  CHECK(filename == "x \"y\".snap");
  CHECK(fields == sent);
  CHECK(in_order);
  CHECK(last == data.size());
  CHECK(files_in(server.spool) == 0);
  CHECK(change_of(client.post("/again", nullptr)) == "7");
}

TEST_CASE("an upload that is cut off leaves no file and asks nobody") {
  std::atomic<int> asked = 0;
  running_server server{[&](auto) { ++asked; }};
  auto text = chunked_form(part("name=snap; filename=a", noise(200'000)));
  auto broken = GENERATE(false, true);
  {
    wire client{server.socket()};
    client.send(std::string_view{text}.substr(0, text.size() / 2));
    CHECK(eventually([&] { return files_in(server.spool) == 1; }));
    if (broken)
      client.end_of_input();
  }
  CHECK(eventually([&] { return files_in(server.spool) == 0; }));
  CHECK(asked == 0);
}

TEST_CASE("a form that is malformed is taken to its end and refused, and leaves no file") {
  running_server server{accept_all};
  wire client{server.socket()};
  auto file = part("name=snap; filename=a", noise(1'000'000));
  auto form = GENERATE_COPY(as<std::string>{}, file,
                            file + part("filename=b", noise(3'000'000)) + "--frontier--",
                            file + "--frontierx", part("name=x", noise(70'000)) + file + "--frontier--");
  REQUIRE(client.send(chunked_form(form)));
  auto got = client.receive();
  CHECK((got.status == 400 || got.status == 413));
  CHECK_THAT(message(got), Contains("cannot read form: "));
  CHECK(files_in(server.spool) == 0);
  CHECK(client.ask("GET / HTTP/1.1\r\n\r\n").status == 202);
}

TEST_CASE("an upload that the screen refuses is drained and never stored") {
  std::size_t most = 0;
  std::filesystem::path spool;
  running_server server{accept_all, [&](const request& head) {
                          CHECK(head.is_form);
                          most = std::max(most, files_in(spool));
                          throw failure{failure_kind::login_required, "access denied"};
                        }};
  spool = server.spool;
  wire client{server.socket()};
  REQUIRE(client.send(chunked_form(part("name=snap; filename=a", noise(2'000'000)) + "--frontier--")));
  CHECK(client.receive().status == 401);
  CHECK(most == 0);
}

TEST_CASE("an upload that fills the disk is drained, removed and refused") {
  small_disk disk;
  if (!disk.mounted) {
    WARN("not shown: mounting a small file system needs root");
    return;
  }
  running_server server{accept_all, {}, disk.directory.path / "spool"};
  wire client{server.socket()};
  REQUIRE(
      client.send(chunked_form(part("name=snap; filename=a.snap", noise(3'000'000)) + "--frontier--")));
  auto got = client.receive();
  CHECK(got.status == 507);
  CHECK(json::parse(got.body).at("result").at("kind") == "insufficient-disk-space");
  CHECK(message(got) == "cannot store uploaded file \"a.snap\": No space left on device");
  CHECK(files_in(server.spool) == 0);
  REQUIRE(
      client.send(chunked_form(part("name=snap; filename=a.snap", noise(500'000)) + "--frontier--")));
  CHECK(client.receive().status == 202);
}

TEST_CASE("uploads at the same time don't mix") {
  held_exchanges held;
  running_server server{[&](auto asked) { held.hold(std::move(asked)); }};
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(std::async(std::launch::async, [&, i] {
      wire client{server.socket()};
      auto data = std::string(300'000, static_cast<char>('a' + i));
      client.send(chunked_form(part("name=snap; filename=" + std::to_string(i), data) + "--frontier--"));
      return client.receive().status;
    }));
  for (int i = 0; i < 8; ++i) {
    auto asked = held.take();
    const auto& file = asked->what().parts.at(0);
    CHECK((content_of(file.file) ==
           std::string(300'000, static_cast<char>('a' + std::stoi(file.filename)))));
    asked->reply(async("1"));
  }
  for (auto& client : clients)
    CHECK(client.get() == 202);
}
