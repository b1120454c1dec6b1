#include <catch2/catch.hpp>

#include <sys/mount.h>

#include <random>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

program_result start_and_fail(const fs::path& root) {
  return run_program({built("trouped"), "--root", root.string()});
}

/// A file system of that many bytes; the temporary root it lies in unmounts it.
void mount_memory(const fs::path& directory, const std::string& options) {
  fs::create_directories(directory);
  REQUIRE(mount("tmpfs", directory.c_str(), "tmpfs", 0, options.c_str()) == 0);
}

std::string noise(std::size_t bytes) {
  std::minstd_rand random{1};
  std::string result(bytes, '\0');
  for (auto& c : result)
    c = static_cast<char>(random() >> 8U);
  return result;
}

/// Changes the schema version in a database's header. Source: SQLite's file format, offset 60.
void set_schema(const fs::path& database, char version) {
  auto bytes = read_file(database);
  bytes.at(63) = version;
  write_file(database, bytes);
}

} // namespace

TEST_CASE("a second daemon on the same root is refused and the first goes on") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  auto second = start_and_fail(w.root());
  CHECK(second.exit_code == 1);
  CHECK_THAT(second.err, Contains("cannot use root " + w.root().string()) &&
                             Contains("another daemon (pid " + std::to_string(w.daemon.pid()) + ")"));
  CHECK(w.troupe({"list"}).exit_code == 0);
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  CHECK(w.troupe({"remove", "hello"}).exit_code == 0);
}

TEST_CASE("a root that can't be written is refused") {
  TROUPE_NEEDS_ROOT();
  temporary_root where;
  auto read_only = where.work() / "read-only";
  mount_memory(read_only, "size=1m");
  REQUIRE(mount("", read_only.c_str(), "", MS_REMOUNT | MS_RDONLY, "") == 0);
  write_file(where.work() / "file", "");
  for (const auto& [root, says] : {std::pair{read_only, "Read-only file system"},
                                   std::pair{read_only / "below", "Read-only file system"},
                                   std::pair{where.work() / "file", "Not a directory"},
                                   std::pair{fs::path{"/proc/nowhere"}, "No such file"}}) {
    auto result = start_and_fail(root);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err,
               Contains("error: cannot use root \"" + root.string() + "\"") && Contains(says));
  }
}

TEST_CASE("a database of a newer version is refused and left as it is") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(plain_snap("hello")));
  REQUIRE(w.daemon.stop() == 0);
  auto database = w.in_root("var/lib/troupe/journal.db");
  REQUIRE_FALSE(fs::exists(database.string() + "-wal"));
  auto known = read_file(database).at(63);
  set_schema(database, static_cast<char>(known + 1));
  auto newer = read_file(database);

  auto result = start_and_fail(w.root());
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains(database.string()) && Contains("newer version of troupe"));
  CHECK(read_file(database) == newer);

  set_schema(database, known);
  w.daemon.start();
  CHECK(w.troupe({"run", "hello"}).exit_code == 0);
  CHECK_THAT(w.troupe({"list"}).out, Contains("hello"));
}

TEST_CASE("a database that is none is refused and left as it is") {
  TROUPE_NEEDS_ROOT();
  temporary_root where;
  auto database = where.root() / "var/lib/troupe/journal.db";
  write_file(database, noise(10'000));
  auto before = read_file(database);
  auto result = start_and_fail(where.root());
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains(database.string()) && Contains("not a database"));
  CHECK(read_file(database) == before);
}

TEST_CASE("an image that the disk has no room for is refused and leaves nothing") {
  TROUPE_NEEDS_ROOT();
  temporary_root where;
  mount_memory(where.root(), "size=8m");
  running_daemon daemon{where.root()};
  auto api = daemon.client();
  auto large = plain_snap("large");
  large.files["data"] = noise(16U << 20);
  auto image = make_snap(where.work() / "snaps", large);
  for (int i = 0; i < 2; ++i) {
    auto refused = run_program(
        {built("troupe"), "--root", where.root().string(), "install", "--dangerous", image.string()});
    CHECK(refused.exit_code == 1);
    CHECK_THAT(refused.err, Contains("space") || Contains("full"));
    CHECK(lasting_leftovers(where.root()) == std::vector<std::string>{});
  }
  CHECK(result_of(api.get("/v2/changes?select=all")).as_array().empty());
  auto small = install(api, make_snap(where.work() / "snaps", plain_snap("small")));
  CHECK(text(small, "status") == "Done");
  wait_for_change(api, start_action(api, "small", "remove"));
  CHECK(lasting_leftovers(where.root()) == std::vector<std::string>{});
}

TEST_CASE("an image that can't be unpacked for lack of room is undone") {
  TROUPE_NEEDS_ROOT();
  temporary_root where;
  mount_memory(where.root(), "size=8m");
  running_daemon daemon{where.root(), {"--images", "unpacked"}};
  auto api = daemon.client();
  auto large = plain_snap("large");
  large.files["data"] = std::string(32U << 20, 'x');
  auto change = install(api, make_snap(where.work() / "snaps", large));
  CHECK(text(change, "status") == "Error");
  CHECK_THAT(text(change, "err"),
             Contains("Mount snap \"large\"") && Contains("no space left on device"));
  CHECK(lasting_leftovers(where.root()) == std::vector<std::string>{});
  CHECK(text(install(api, make_snap(where.work() / "snaps", plain_snap("small"))), "status") == "Done");
}
