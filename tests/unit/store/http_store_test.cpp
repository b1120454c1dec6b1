#include <catch2/catch.hpp>

#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "messages/failure.hpp"
#include "runtime/store/http_store.hpp"
#include "runtime/store/stores.hpp"
#include "samples.hpp"
#include "tests/support/static_http_server.hpp"

using namespace store_test;
using namespace std::chrono_literals;
using Catch::Contains;
using test::server_fault;
using test::static_http_server;

namespace {

constexpr auto path = "/snaps/hello_1.snap";

std::string some_image() {
  std::string image;
  for (int i = 0; image.size() < 300'000; ++i)
    image += std::to_string(i) + ",";
  return image;
}

/// A server with one image, and where a host puts it.
struct stage {
  temporary_root where;
  std::string image = some_image();
  download_source what = index_with(image).snaps.at("hello").revisions[0].source;
  fs::path to = where.root() / "hello_1.snap";
  fs::path served = where.work() / "served";
  static_http_server server{served};
  http_patience patience{.connect = 60s, .stall = 60s, .first_retry = 1ms, .tries = 3};
  std::vector<std::uint64_t> advances;

  stage() { write_file(served / what.file, image); }

  http_store store() const { return {server.url(), patience}; }

  void download() {
    store().download(what, to, [&](auto bytes) { advances.push_back(bytes); }, {});
  }

  failure refusal() {
    try {
      download();
    } catch (const failure& fault) {
      return fault;
    }
    FAIL("the download succeeded");
    throw;
  }

  bool is_there() const { return fs::exists(to) && read_file(to) == image; }
  bool has_partial() const { return fs::exists(partial_download(to)); }
};

} // namespace

TEST_CASE("an image is downloaded whole and told of as it comes") {
  stage s;
  s.download();
  CHECK(s.is_there());
  CHECK_FALSE(s.has_partial());
  REQUIRE_FALSE(s.advances.empty());
  CHECK(s.advances.back() == s.image.size());
  CHECK(std::ranges::is_sorted(s.advances));
  CHECK(s.server.requests() == 1);
}

TEST_CASE("a download that is cut off goes on where it ended") {
  stage s;
  s.server.set_fault(path, {.cut_after = 100'000, .times = 1});
  s.download();
  CHECK(s.is_there());
  CHECK_FALSE(s.has_partial());
  CHECK(s.server.ranges(path) == std::vector<std::string>{"", "bytes=100000-"});
}

TEST_CASE("what a former try has left is used") {
  stage s;
  write_file(partial_download(s.to), s.image.substr(0, 1000));
  s.download();
  CHECK(s.is_there());
  CHECK(s.server.ranges(path) == std::vector<std::string>{"bytes=1000-"});
}

TEST_CASE("a download that was whole already asks for nothing") {
  stage s;
  write_file(partial_download(s.to), s.image);
  s.download();
  CHECK(s.is_there());
  CHECK(s.server.requests() == 0);
}

TEST_CASE("a server that ignores ranges, or sends another one, is asked for the whole") {
  stage s;
  write_file(partial_download(s.to), s.image.substr(0, 1000));
  SECTION("ignores") { s.server.set_fault(path, {.ignores_ranges = true}); }
  SECTION("sends another") { s.server.set_fault(path, {.wrong_range = true}); }
  SECTION("refuses") { s.server.set_fault(path, {.status = 416, .times = 1}); }
  s.download();
  CHECK(s.is_there());
}

TEST_CASE("a damaged part that a former try has left is downloaded anew") {
  stage s;
  write_file(partial_download(s.to), std::string(1000, 'x'));
  s.download();
  CHECK(s.is_there());
  CHECK(s.server.ranges(path) == std::vector<std::string>{"bytes=1000-", ""});
}

TEST_CASE("a part that is longer than the image is forgotten") {
  stage s;
  write_file(partial_download(s.to), s.image + "more");
  s.download();
  CHECK(s.is_there());
}

TEST_CASE("a server that cuts off each time is given up, and the part is kept") {
  stage s;
  s.server.set_fault(path, {.cut_after = 1000});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::unavailable);
  CHECK_THAT(fault.what(),
             Contains("cannot download \"snaps/hello_1.snap\" from store \"s\"") && Contains("cut off"));
  CHECK(s.server.requests() == 3);
  CHECK_FALSE(fs::exists(s.to));
  CHECK(read_file(partial_download(s.to)) == s.image.substr(0, 3000));
}

TEST_CASE("a digest that is wrong is refused, and nothing is left") {
  stage s;
  s.server.set_fault(path, {.flip_byte = 5000});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::bad_request);
  CHECK_THAT(fault.what(), Contains("digest"));
  CHECK_FALSE(fs::exists(s.to));
  CHECK_FALSE(s.has_partial());
}

TEST_CASE("a body that is longer than promised is cut off, and nothing is left") {
  stage s;
  s.server.set_fault(path, {.extra_bytes = 50'000'000, .chunked = true});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::bad_request);
  CHECK_THAT(fault.what(), Contains("larger than the"));
  CHECK_FALSE(fs::exists(s.to));
  CHECK_FALSE(s.has_partial());
  CHECK(s.server.requests() == 1);
}

TEST_CASE("a length that isn't the index's is refused before a byte is taken") {
  stage s;
  s.server.set_fault(path, {.extra_bytes = 10});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::bad_request);
  CHECK_THAT(fault.what(), Contains("the index promises"));
  CHECK(s.advances.empty());
}

TEST_CASE("a server that promises more than it sends is given up") {
  stage s;
  s.what.bytes += 10;
  s.server.set_fault(path, {.length_lie = 10});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::unavailable);
  CHECK_FALSE(fs::exists(s.to));
}

TEST_CASE("a server that stalls is a time-out") {
  stage s;
  s.patience.tries = 1;
  s.patience.stall = 1s;
  s.server.set_fault(path, {.stall_after = 1000});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::network_timeout);
  CHECK_THAT(fault.what(), Contains("next to nothing for 1 s"));
  CHECK(read_file(partial_download(s.to)).size() == 1000);
}

TEST_CASE("a server error is tried again, and then told") {
  stage s;
  s.server.set_fault(path, {.status = 500, .times = 2});
  s.download();
  CHECK(s.is_there());

  fs::remove(s.to);
  s.server.set_fault(path, {.status = 503});
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::unavailable);
  CHECK_THAT(fault.what(), Contains("answers 503"));
}

TEST_CASE("a missing file and a web page are refused at once") {
  stage s;
  SECTION("missing") {
    fs::remove(s.served / s.what.file);
    auto fault = s.refusal();
    CHECK(fault.kind() == failure_kind::bad_request);
    CHECK_THAT(fault.what(), Contains("doesn't have it (404)"));
  }
  SECTION("forbidden") {
    s.server.set_fault(path, {.status = 403});
    CHECK_THAT(s.refusal().what(), Contains("answers 403"));
  }
  SECTION("a web page") {
    s.server.set_fault(path, {.html = true});
    CHECK_THAT(s.refusal().what(), Contains("web page"));
  }
  CHECK(s.server.requests() == 1);
  CHECK_FALSE(fs::exists(s.to));
}

TEST_CASE("redirects are followed to http alone, and not for ever") {
  stage s;
  SECTION("to another place") {
    write_file(s.served / "moved", s.image);
    s.server.set_fault(path, {.redirect_to = s.server.url() + "/moved"});
    s.download();
    CHECK(s.is_there());
  }
  SECTION("to a file of this host") {
    s.server.set_fault(path, {.redirect_to = "file:///etc/hostname"});
    CHECK_THAT(s.refusal().what(), Contains("something else than http"));
  }
  SECTION("in a circle") {
    s.server.set_fault(path, {.redirect_to = path});
    CHECK_THAT(s.refusal().what(), Contains("redirects more than 5 times"));
    CHECK(s.server.requests() == 6);
  }
}

TEST_CASE("a store is reached through the proxy that is set for it, unless its host is excepted") {
  stage s;
  s.patience.proxies = {s.server.url(), "http://127.0.0.1:1", "127.0.0.1"};
  http_store behind{"http://store.invalid", s.patience};
  behind.download(s.what, s.to, [](auto) {}, {});
  CHECK(s.is_there());
  fs::remove(s.to);
  s.patience.proxies.http = "http://127.0.0.1:1";
  s.download();
  CHECK(s.is_there());
}

TEST_CASE("a server that isn't there is unavailable") {
  stage s;
  http_store gone{"http://127.0.0.1:1", s.patience};
  try {
    gone.download(s.what, s.to, {}, {});
    FAIL("the download succeeded");
  } catch (const failure& fault) {
    CHECK(fault.kind() == failure_kind::unavailable);
  }
}

TEST_CASE("a download that is stopped ends at once, and the part is kept") {
  stage s;
  s.server.set_fault(path, {.stall_after = 2000});
  std::stop_source stop;
  std::atomic<std::uint64_t> bytes = 0;
  std::jthread stopper{[&] {
    test::eventually([&] { return bytes == 2000; });
    stop.request_stop();
  }};
  try {
    s.store().download(
        s.what, s.to, [&](auto now) { bytes = now; }, stop.get_token());
    FAIL("the download succeeded");
  } catch (const failure& fault) {
    CHECK(fault.kind() == failure_kind::internal);
    CHECK_THAT(fault.what(), Contains("stopped"));
  }
  CHECK(read_file(partial_download(s.to)).size() == 2000);
}

TEST_CASE("a full disk is told as such, and nothing is left") {
  if (geteuid() != 0) {
    WARN("skipped: needs root");
    return;
  }
  stage s;
  auto small = s.where.work() / "small";
  fs::create_directory(small);
  REQUIRE(mount("tmpfs", small.c_str(), "tmpfs", 0, "size=64k") == 0);
  s.to = small / "hello_1.snap";
  auto fault = s.refusal();
  CHECK(fault.kind() == failure_kind::insufficient_space);
  CHECK(fs::is_empty(small));
}

TEST_CASE("a small file is read up to its limit") {
  stage s;
  write_file(s.served / "small", "0123456789");
  CHECK(s.store().read_file("small", 10, {}) == "0123456789");
  CHECK_THROWS_WITH(s.store().read_file("small", 9, {}), Contains("larger than 9 bytes"));
  s.server.set_fault("/small", {.chunked = true});
  CHECK_THROWS_WITH(s.store().read_file("small", 9, {}), Contains("larger than 9 bytes"));
  CHECK_THROWS_WITH(s.store().read_file("none", 9, {}), Contains("404"));
}

TEST_CASE("a location that can't be a store is refused") {
  CHECK_NOTHROW(check_store_url("https://example.com/snaps"));
  for (const auto* url : {"ftp://example.com", "file:///srv", "example.com", "http://", "srv/snaps",
                          "http://ada:secret@example.com", "http://example.com/?a=b",
                          "http://example.com/#a", "http://exam ple.com/", ""}) {
    INFO(url);
    CHECK_THROWS_AS(check_store_url(url), failure);
  }
}
