#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A daemon with a snap that has data.
struct saved_world : world {
  saved_world() {
    fine({"install", "--dangerous", image.string()});
    write_file(data(), "first");
    write_file(in_root("var/snap/hello/common/shared"), "ours");
  }

  fs::path data() const { return in_root("var/snap/hello/x1/state"); }

  /// Returns the set's number.
  std::string save() const { return set_in(fine({"save", "hello", "--json"}).out); }

  static std::string set_in(const std::string& change) {
    return std::string{json::parse_object(change).at("id").as_string()};
  }

  json::array saved() const { return json::parse(fine({"saved", "--json"}).out).as_array(); }

  fs::path file_of(const std::string& set) const {
    return in_root("var/lib/troupe/snapshots/" + set + "_hello_x1.snapshot");
  }

  std::vector<std::string> data_names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{in_root("var/snap/hello")})
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  /// Names, contents, modes, owners and times of all the snap's data.
  std::string look() const {
    auto listed = run_program({"/bin/sh", "-c",
                               "find . -mindepth 1 -printf '%p %y %m %U:%G %T@ %l\\n' | sort; "
                               "find . -type f -print0 | sort -z | xargs -0 sha256sum"},
                              {}, in_root("var/snap/hello"));
    return listed.out;
  }

  fs::path image = make_snap(plain_snap("hello"));
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE("saved data comes back, with all that was added since gone") {
  TROUPE_NEEDS_ROOT();
  saved_world w;
  auto before = w.look();
  auto set = w.save();
  CHECK_THAT(w.fine({"saved"}).out,
             Contains("Set") && Contains("Notes") && Contains("hello") && Contains("1.0"));
  CHECK_THAT(w.fine({"check-snapshot", set}).out, Contains("is undamaged"));
  write_file(w.data(), "second");
  write_file(w.in_root("var/snap/hello/x1/more"), "later");
  fs::remove(w.in_root("var/snap/hello/common/shared"));
  CHECK_THAT(w.fine({"restore", set}).out, Contains("restored"));
  CHECK(w.look() == before);
  w.fine({"forget", set});
  CHECK(w.saved().empty());
  CHECK_THAT(w.fine({"saved"}).err, Contains("No snapshots found"));
  auto gone = w.troupe({"restore", set});
  CHECK(gone.exit_code == 1);
  CHECK_THAT(gone.err, Contains("there is no set " + set));
}

TEST_CASE("a removed snap's data comes back once it is installed again, unless it was purged") {
  TROUPE_NEEDS_ROOT();
  saved_world w;
  w.fine({"remove", "hello"});
  CHECK(lasting_leftovers(w.root()) == names{});
  auto sets = w.saved();
  REQUIRE(sets.size() == 1);
  auto set = json::write(sets[0].at("id"));
  CHECK_THAT(w.fine({"saved"}).out, Contains("auto"));
  auto early = w.troupe({"restore", set});
  CHECK(early.exit_code == 1);
  CHECK_THAT(early.err, Contains("it is not installed; install it first"));
  w.fine({"install", "--dangerous", w.image.string()});
  CHECK_FALSE(fs::exists(w.data()));
  w.fine({"restore", set});
  CHECK(read_file(w.data()) == "first");
  CHECK(read_file(w.in_root("var/snap/hello/common/shared")) == "ours");
  w.fine({"remove", "hello", "--purge"});
  CHECK(w.saved().size() == 1);
}

TEST_CASE("a damaged snapshot is found, named and never restored; the data stays bit for bit") {
  TROUPE_NEEDS_ROOT();
  saved_world w;
  auto set = w.save();
  auto bytes = read_file(w.file_of(set));
  SECTION("in an archive") {
    // The last of that name is the archive's header, of 512 bytes.
    bytes[bytes.rfind("revision.tar.zst") + 520] ^= 1;
    write_file(w.file_of(set), bytes);
  }
  SECTION("at its end") {
    fs::resize_file(w.file_of(set), bytes.size() / 2);
    CHECK_THAT(w.fine({"saved"}).out, Contains("broken"));
  }
  SECTION("not a snapshot at all") {
    write_file(w.file_of(set), "hello\n");
    CHECK_THAT(w.fine({"saved"}).out, Contains("broken"));
  }
  write_file(w.data(), "second");
  auto before = w.look();
  for (const auto* command : {"check-snapshot", "restore"}) {
    auto failed = w.troupe({command, set});
    CHECK(failed.exit_code == 1);
    CHECK_THAT(failed.err, Contains("_hello_x1.snapshot"));
  }
  CHECK(w.look() == before);
  w.fine({"forget", set});
  CHECK(fs::is_empty(w.in_root("var/lib/troupe/snapshots")));
}

TEST_CASE("all or nothing: one snap whose restore fails leaves the others' data bit for bit") {
  TROUPE_NEEDS_ROOT();
  saved_world w;
  w.fine({"install", "--dangerous", w.make_snap(plain_snap("other")).string()});
  auto set = saved_world::set_in(w.fine({"save", "--json"}).out);
  auto damaged = w.in_root("var/lib/troupe/snapshots/" + set + "_other_x1.snapshot");
  REQUIRE(fs::exists(damaged));
  fs::resize_file(damaged, fs::file_size(damaged) - 1024);
  write_file(w.data(), "second");
  auto before = w.look();
  CHECK(w.troupe({"restore", set, "--transaction", "all-snaps"}).exit_code == 1);
  CHECK(w.look() == before);
  CHECK(w.troupe({"restore", set}).exit_code == 1);
  CHECK(read_file(w.data()) == "first");
  CHECK(w.data_names() == names{"common", "current", "x1"});
}

TEST_CASE("a restore that the daemon's death cuts short is carried through at its next start") {
  TROUPE_NEEDS_ROOT();
  saved_world w;
  write_file(w.in_root("var/snap/hello/x1/big"), std::string(8U << 20, 'x'));
  auto set = w.save();
  for (int round = 0; round < 3; ++round) {
    write_file(w.data(), "second");
    auto change = w.fine({"restore", set, "--no-wait"}).out;
    change.pop_back();
    w.daemon.kill_hard();
    w.daemon.start();
    w.api = w.daemon.client();
    CHECK(text(wait_for_change(w.api, change), "status") == "Done");
    CHECK(read_file(w.data()) == "first");
    CHECK(w.data_names() == names{"common", "current", "x1"});
  }
}

TEST_CASE("snapshots that outlive a lost journal are never written over") {
  TROUPE_NEEDS_ROOT();
  saved_world w;
  auto set = w.save();
  auto before = read_file(w.file_of(set));
  w.fine({"remove", "hello", "--purge"});
  w.daemon.stop();
  for (const auto* end : {"", "-wal", "-shm"})
    fs::remove(w.in_root("var/lib/troupe/journal.db" + std::string{end}));
  w.daemon.start();
  w.fine({"install", "--dangerous", w.image.string()});
  auto next = w.save();
  CHECK(std::stoul(next) > std::stoul(set));
  CHECK(read_file(w.file_of(set)) == before);
  CHECK(w.saved().size() == 2);
}
