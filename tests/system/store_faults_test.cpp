#include <catch2/catch.hpp>

#include <sys/mount.h>

#include <random>

#include "tests/support/local_store.hpp"
#include "tests/support/static_http_server.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A daemon whose only store is a web server.
struct served_world : world {
  local_store store{*this};
  static_http_server server{store.directory()};

  served_world() {
    write_file(in_root("etc/troupe/stores.yaml"),
               "- name: web\n  location: " + server.url() + "\n  trust: none\n");
  }
  std::string current() const { return fs::read_symlink(in_root("snap/hello/current")); }
  void has_left_nothing_of_a_refresh() const {
    CHECK(current() == "1");
    CHECK(troupe({"run", "hello"}).exit_code == 0);
    CHECK_FALSE(fs::exists(in_root("snap/hello/2")));
    CHECK_FALSE(fs::exists(in_root("var/snap/hello/2")));
    CHECK(eventually([&] { return fs::is_empty(in_root("var/lib/troupe/spool")); }));
  }
};

/// A snap whose image can't be made much smaller than this.
snap_source big_snap(const std::string& version, std::size_t bytes) {
  auto source = plain_snap("hello", version);
  std::mt19937 random{7};
  auto& blob = source.files["blob"];
  while (blob.size() < bytes)
    blob.push_back(static_cast<char>(random()));
  return source;
}

void mount_small_disk(const fs::path& at, const std::string& size) {
  fs::create_directories(at);
  REQUIRE(mount("troupe-test", at.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0);
}

} // namespace

TEST_CASE("a snap is installed and refreshed from a web server, also after a connection that is cut") {
  TROUPE_NEEDS_ROOT();
  served_world w;
  w.store.offer(plain_snap("hello", "1.0"));
  w.fine({"install", "hello"});
  w.store.offer(big_snap("2.0", 100'000));
  server_fault cut;
  cut.cut_after = 50'000;
  cut.times = 1;
  w.server.set_fault("/snaps/hello_2.snap", cut);
  w.fine({"refresh", "hello"});
  CHECK(w.current() == "2");
  CHECK(w.server.ranges("/snaps/hello_2.snap") == std::vector<std::string>{"", "bytes=50000-"});
}

TEST_CASE("a web server that fails or lies leaves the installed revision running, and no file") {
  TROUPE_NEEDS_ROOT();
  served_world w;
  w.store.offer(plain_snap("hello", "1.0"));
  w.fine({"install", "hello"});
  w.store.offer(big_snap("2.0", 20'000));
  struct wrong {
    const char* path;
    server_fault fault;
    const char* says;
  };
  server_fault missing;
  missing.status = 404;
  server_fault page;
  page.html = true;
  server_fault corrupt;
  corrupt.flip_byte = 9'000;
  server_fault longer;
  longer.extra_bytes = 10;
  server_fault cut;
  cut.cut_after = 30;
  for (const auto& [path, fault, says] :
       {wrong{"/index.json", missing, "404"}, wrong{"/index.json", page, "web"},
        wrong{"/index.json", cut, "web"}, wrong{"/snaps/hello_2.snap", missing, "404"},
        wrong{"/snaps/hello_2.snap", page, "hello_2.snap"},
        wrong{"/snaps/hello_2.snap", corrupt, "digest"},
        wrong{"/snaps/hello_2.snap", longer, "hello_2.snap"}}) {
    w.server.set_fault(path, fault);
    auto failed = w.troupe({"refresh", "hello"});
    INFO(path << ": " << failed.err);
    CHECK(failed.exit_code == 1);
    CHECK_THAT(failed.err, Contains(says));
    w.has_left_nothing_of_a_refresh();
    w.server.set_fault(path, {});
  }
  w.fine({"refresh"});
  CHECK(w.current() == "2");
}

TEST_CASE("a disk that is full while an image is downloaded leaves the installed revision running") {
  TROUPE_NEEDS_ROOT();
  served_world w;
  w.store.offer(plain_snap("hello", "1.0"));
  w.fine({"install", "hello"});
  w.store.offer(big_snap("2.0", 500'000));
  auto spool = w.in_root("var/lib/troupe/spool");
  mount_small_disk(spool, "128k");
  auto failed = w.troupe({"refresh", "hello"});
  INFO(failed.err);
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, Contains("space") || Contains("full"));
  w.has_left_nothing_of_a_refresh();
  REQUIRE(umount(spool.c_str()) == 0);
  w.fine({"refresh"});
  CHECK(w.current() == "2");
}

TEST_CASE("a disk that is full while data is copied leaves the installed revision and its data") {
  TROUPE_NEEDS_ROOT();
  served_world w;
  mount_small_disk(w.in_root("var/snap"), "256k");
  w.store.offer(plain_snap("hello", "1.0"));
  w.fine({"install", "hello"});
  auto data = std::string(150'000, 'x');
  write_file(w.in_root("var/snap/hello/1/state"), data);
  w.store.offer(plain_snap("hello", "2.0"));
  auto failed = w.troupe({"refresh", "hello"});
  INFO(failed.err);
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, Contains("space") || Contains("full"));
  w.has_left_nothing_of_a_refresh();
  CHECK(read_file(w.in_root("var/snap/hello/1/state")) == data);
  CHECK_THAT(w.fine({"refresh", "--list"}).out, !Contains("passed over"));
}
