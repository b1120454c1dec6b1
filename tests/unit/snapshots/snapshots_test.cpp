#include <algorithm>
#include <random>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "runtime/limits.hpp"
#include "support.hpp"

using namespace troupe;
using namespace troupe::testing;
using Catch::Matchers::Contains;

namespace {

/// An access list that lets user 1234 read, as the kernel writes it. Source: linux/posix_acl_xattr.h.
const std::string access_list{"\x02\x00\x00\x00"
                              "\x01\x00\x06\x00\xff\xff\xff\xff"
                              "\x02\x00\x04\x00\xd2\x04\x00\x00"
                              "\x04\x00\x04\x00\xff\xff\xff\xff"
                              "\x10\x00\x04\x00\xff\xff\xff\xff"
                              "\x20\x00\x00\x00\xff\xff\xff\xff",
                              44};

void write_at(const fs::path& file, off_t position, const std::string& text) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  REQUIRE(pwrite(descriptor, text.data(), text.size(), position) == ssize_t(text.size()));
  close(descriptor);
}

blkcnt_t blocks_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(lstat(file.c_str(), &status) == 0);
  return status.st_blocks;
}

void set_attribute(const fs::path& file, const char* name, const std::string& value) {
  REQUIRE(setxattr(file.c_str(), name, value.data(), value.size(), 0) == 0);
}

void set_time(const fs::path& file, time_t seconds) {
  const timespec times[] = {{seconds, 111}, {seconds, 222}};
  REQUIRE(utimensat(AT_FDCWD, file.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

/// A tree with everything that a snap's data may have.
void fill(const fs::path& tree) {
  put(tree / "owned", "by 1234");
  REQUIRE(chown((tree / "owned").c_str(), 1234, 5678) == 0);
  put(tree / "program", "setuid");
  REQUIRE(chmod((tree / "program").c_str(), 04751) == 0);
  put(tree / "empty", "");
  write_at(tree / "sparse", 1 << 20, std::string(10'000, 'd'));
  fs::resize_file(tree / "sparse", 4 << 20);
  put(tree / "hole", "");
  fs::resize_file(tree / "hole", 2 << 20);
  for (int i = 0; i < 300; ++i)
    write_at(tree / "scattered", i * 16'384, "x" + std::to_string(i));
  set_attribute(tree / "owned", "user.comment", std::string{"a\0\n=b", 5});
  set_attribute(tree / "owned", "user.with=sign", "kept");
  set_attribute(tree / "owned", "system.posix_acl_access", access_list);
  fs::create_directories(tree / "closed/inner");
  set_attribute(tree / "closed", "system.posix_acl_default", access_list);
  set_attribute(tree / "closed", "user.of-directory", "x");
  put(tree / "closed/inner/linked", "one file");
  fs::create_hard_link(tree / "closed/inner/linked", tree / "other-name");
  fs::create_hard_link(tree / "closed/inner/linked", tree / "closed/third-name");
  fs::create_symlink("/etc/passwd", tree / "absolute");
  fs::create_symlink("nothing/there", tree / "dangling");
  REQUIRE(lchown((tree / "dangling").c_str(), 77, 88) == 0);
  REQUIRE(mkfifo((tree / "pipe").c_str(), 0622) == 0);
  put(tree / "line\nbreak", "1");
  put(tree / "\xc3\xbc-utf8", "2");
  put(tree / "\xff\xfe-bytes", "3");
  put(tree / std::string(255, 'n'), "4");
  const auto deep = tree / std::string(200, 'd') / std::string(200, 'e') / "f";
  fs::create_directories(deep);
  put(deep / "file", "5");
  REQUIRE(chmod((tree / "closed").c_str(), 0555) == 0);
  set_time(tree / "dangling", 5);
  set_time(tree / "owned", 1'000'000'000);
  set_time(tree / "closed", -1000);
  set_time(tree, 1'234'567);
}

/// The snapshot's data, restored beside the data it was made of.
restore_places restored(const data_fixture& data) {
  const restore_places places{{data.dir / "restored/7", data.dir / "restored/7.former"},
                              {data.dir / "restored/common", data.dir / "restored/common.former"}};
  fs::create_directory(data.dir / "restored");
  restore_snapshot(data.file(), sample_key, places, {});
  return places;
}

} // namespace

TEST_CASE("what a snapshot says about itself can be read without its data") {
  const data_fixture data{disk::memory};
  const auto written = data.write();
  REQUIRE(written.archives.size() == 2);
  CHECK(written.archives[0].name == "revision.tar.zst");
  CHECK(written.archives[0].data_bytes == 3004);
  CHECK(written.archives[1].name == "common.tar.zst");
  CHECK(read_snapshot_info(data.file()) == written);
  auto without = written;
  without.archives.clear();
  CHECK(without == sample_info());
  CHECK(data.file().filename() == "12_firefox_work_7.snapshot");
  struct stat status {};
  REQUIRE(stat(data.file().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  REQUIRE(stat((data.dir / "snapshots").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  check_snapshot(data.file(), sample_key, {});
}

TEST_CASE("a snapshot keeps owners, modes, times, attributes, links, holes and names") {
  NEEDS_ROOT();
  const data_fixture data;
  fill(data.dir / "data/7");
  const auto before = look_in(data.dir / "data");
  data.write();
  CHECK(look_in(data.dir / "data") == before);
  check_snapshot(data.file(), sample_key, {});
  const auto places = restored(data);
  CHECK(look_of(places.revision.target) == look_of(data.dir / "data/7"));
  CHECK(look_of(places.common.target) == look_of(data.dir / "data/common"));
  for (const char* name : {"sparse", "hole", "scattered"}) {
    INFO(name);
    CHECK(blocks_of(places.revision.target / name) <= blocks_of(data.dir / "data/7" / name));
  }
  CHECK(blocks_of(places.revision.target / "hole") == 0);
}

TEST_CASE("sockets, devices and what is mounted are left out and logged") {
  NEEDS_ROOT();
  const data_fixture data{disk::memory};
  const auto tree = data.dir / "data/7";
  REQUIRE(mknod((tree / "null").c_str(), S_IFCHR | 0666, 0x103) == 0);
  REQUIRE(mknod((tree / "socket").c_str(), S_IFSOCK | 0666, 0) == 0);
  fs::create_directory(tree / "mounted");
  REQUIRE(mount("none", (tree / "mounted").c_str(), "tmpfs", 0, "size=64k") == 0);
  put(tree / "mounted/secret", "not ours");
  std::vector<std::string> log;
  write_snapshot(data.dir / "snapshots", sample_info(), data.trees(),
                 {{}, [&](const std::string& line) { log.push_back(line); }});
  REQUIRE(log.size() == 3);
  CHECK_THAT(log[0], Contains("/mounted\" out of the snapshot: something is mounted on it"));
  CHECK_THAT(log[1], Contains("/null\" out of the snapshot: it is a device"));
  CHECK_THAT(log[2], Contains("/socket\" out of the snapshot: it is a socket"));
  const auto places = restored(data);
  CHECK(fs::exists(places.revision.target / "profile/bookmarks"));
  CHECK(fs::is_empty(places.revision.target / "mounted"));
  CHECK_FALSE(fs::exists(places.revision.target / "null"));
  CHECK_FALSE(fs::exists(places.revision.target / "socket"));
}

TEST_CASE("a tree that isn't there has no archive, and its place is left alone by a restore") {
  const data_fixture data{disk::memory};
  fs::remove_all(data.dir / "data/7");
  const auto written = data.write();
  REQUIRE(written.archives.size() == 1);
  CHECK(written.archives[0].name == "common.tar.zst");
  check_snapshot(data.file(), sample_key, {});
  fs::create_directory(data.dir / "data/7");
  put(data.dir / "data/7/new", "stays");
  put(data.dir / "data/common/cache", "cold");
  restore_snapshot(data.file(), sample_key, data.places(), {});
  CHECK(text_of(data.dir / "data/7/new") == "stays");
  CHECK(text_of(data.dir / "data/common/cache") == "warm");

  fs::remove_all(data.dir / "data");
  CHECK(data.write().archives.empty());
  check_snapshot(data.file(), sample_key, {});
}

TEST_CASE("progress counts the data's bytes to their sum when saving, checking and restoring") {
  const data_fixture data{disk::memory};
  put(data.dir / "data/7/large", std::string(1U << 20, 'x'));
  std::vector<std::uint64_t> told;
  const snapshot_run run{[&](std::uint64_t bytes) { told.push_back(bytes); }, {}};
  const auto whole = (1U << 20) + 3000U + 4U + 4U;
  const auto was_told = [&] {
    CHECK(std::ranges::is_sorted(told));
    CHECK(told.back() == whole);
    told.clear();
  };
  write_snapshot(data.dir / "snapshots", sample_info(), data.trees(), run);
  was_told();
  check_snapshot(data.file(), sample_key, run);
  was_told();
  restore_snapshot(data.file(), sample_key, data.places(), run);
  was_told();
}

TEST_CASE("a stop in the midst ends saving, checking and restoring, and leaves nothing") {
  const data_fixture data{disk::memory};
  put(data.dir / "data/7/large", std::string(4U << 20, 'x'));
  data.write();
  const auto before = look_in(data.dir / "data");
  const auto stopped = [](auto work) {
    std::stop_source stop;
    const snapshot_run run{[&](std::uint64_t) { stop.request_stop(); }, {}, stop.get_token()};
    return refusal([&] { work(run); });
  };
  CHECK_THAT(stopped([&](const auto& run) { check_snapshot(data.file(), sample_key, run); }),
             Contains("it was stopped"));
  CHECK_THAT(
      stopped([&](const auto& run) { restore_snapshot(data.file(), sample_key, data.places(), run); }),
      Contains("it was stopped"));
  CHECK(look_in(data.dir / "data") == before);
  forget_snapshot(data.file());
  CHECK_THAT(stopped([&](const auto& run) {
               write_snapshot(data.dir / "snapshots", sample_info(), data.trees(), run);
             }),
             Contains("it was stopped"));
  CHECK(fs::is_empty(data.dir / "snapshots"));
}

TEST_CASE("a full disk is told as such when saving and restoring, and nothing is left") {
  NEEDS_ROOT();
  const data_fixture data{disk::memory};
  std::string noise(2U << 20, '\0');
  std::mt19937 random{1};
  std::ranges::generate(noise, [&] { return static_cast<char>(random()); });
  put(data.dir / "data/7/noise", noise);
  data.write();
  const auto full = data.dir / "full";
  fs::create_directory(full);
  REQUIRE(mount("none", full.c_str(), "tmpfs", 0, "size=256k") == 0);
  CHECK_THROWS_MATCHES(write_snapshot(full, sample_info(), data.trees(), {}), failure,
                       is_of_kind(failure_kind::insufficient_space));
  CHECK(fs::is_empty(full));

  fs::create_directories(full / "7");
  put(full / "7/old", "former");
  const auto before = look_in(full);
  const restore_places places{{full / "7", full / "7.former"},
                              {full / "common", full / "common.former"}};
  CHECK_THROWS_MATCHES(restore_snapshot(data.file(), sample_key, places, {}), failure,
                       is_of_kind(failure_kind::insufficient_space));
  CHECK(look_in(full) == before);
}

TEST_CASE("a disk that fills up while a snapshot is unpacked leaves the former data") {
  NEEDS_ROOT();
  const data_fixture data{disk::memory};
  for (int i = 0; i < 200; ++i)
    put(data.dir / "data/7" / ("small" + std::to_string(i)), "x");
  data.write();
  const auto full = data.dir / "full";
  fs::create_directory(full);
  REQUIRE(mount("none", full.c_str(), "tmpfs", 0, "size=256k") == 0);
  fs::create_directories(full / "7");
  const auto before = look_in(full);
  const restore_places places{{full / "7", full / "7.former"},
                              {full / "common", full / "common.former"}};
  CHECK_THROWS_MATCHES(restore_snapshot(data.file(), sample_key, places, {}), failure,
                       is_of_kind(failure_kind::insufficient_space));
  CHECK(look_in(full) == before);
}

TEST_CASE("saving again replaces the snapshot and what a killed daemon left of it") {
  const data_fixture data{disk::memory};
  data.write();
  put(data.dir / "snapshots/.12_firefox_work_7.snapshot.troupe-new", "half");
  put(data.dir / "data/7/settings", "new");
  const auto written = data.write();
  CHECK(read_snapshot_info(data.file()) == written);
  CHECK(std::distance(fs::directory_iterator{data.dir / "snapshots"}, {}) == 1);
}

TEST_CASE("a tree that is nested too deep isn't saved, and nothing is left") {
  const data_fixture data{disk::memory};
  auto deep = data.dir / "data/7";
  for (std::size_t i = 0; i <= limits::copied_tree_levels; ++i)
    deep /= "d";
  fs::create_directories(deep);
  CHECK_THAT(refusal([&] { data.write(); }), Contains("256 directories are nested in it"));
  CHECK(fs::is_empty(data.dir / "snapshots"));
  fs::remove(deep);
  data.write();
  check_snapshot(data.file(), sample_key, {});
}

TEST_CASE("a listing is by set and snap, with the unreadable ones and their faults") {
  const data_fixture data{disk::memory};
  const auto directory = data.dir / "snapshots";
  CHECK(list_snapshots(directory).empty());
  auto info = sample_info();
  for (const auto& [set, snap] : {std::pair{10, "b"}, {9, "c"}, {10, "a"}}) {
    info.set = static_cast<std::uint64_t>(set);
    info.snap = std::string{snap} + "-snap";
    write_snapshot(directory, info, data.trees(), {});
  }
  put(directory / "3_broken_x1.snapshot", "no tar");
  put(directory / "nameless.snapshot", "");
  put(directory / "notes.txt", "none");
  put(directory / ".9_x_1.snapshot.troupe-new", "none");
  fs::create_directory(directory / "4_directory_1.snapshot");
  fs::create_symlink("9_c-snap_7.snapshot", directory / "5_link_1.snapshot");
  fs::copy_file(directory / "9_c-snap_7.snapshot", directory / "6_copy_1.snapshot");

  const auto list = list_snapshots(directory);
  std::vector<std::string> names;
  for (const auto& one : list)
    names.push_back(fs::path{one.file}.filename());
  CHECK(names == std::vector<std::string>{"nameless.snapshot", "3_broken_x1.snapshot",
                                          "4_directory_1.snapshot", "5_link_1.snapshot",
                                          "6_copy_1.snapshot", "9_c-snap_7.snapshot",
                                          "10_a-snap_7.snapshot", "10_b-snap_7.snapshot"});
  REQUIRE(list.size() == 8);
  CHECK_THAT(list[0].fault, Contains("it isn't a snapshot"));
  CHECK(list[1].info.snap == "broken");
  CHECK(list[1].info.rev == revision{-1});
  CHECK_THAT(list[1].fault, Contains("it isn't a snapshot"));
  CHECK(list[2].fault == "it isn't a file");
  CHECK(list[3].fault == "it is a symbolic link");
  CHECK(list[4].fault == "by its meta.json it is 9_c-snap_7.snapshot");
  CHECK(list[5].fault.empty());
  CHECK(list[5].file_bytes == fs::file_size(list[5].file));
  CHECK(list[5].info == read_snapshot_info(list[5].file));
}

TEST_CASE("the greatest set is read from names, whatever is in the files, if it can be a set's") {
  const data_fixture data{disk::memory};
  const auto directory = data.dir / "snapshots";
  CHECK(greatest_snapshot_set(directory) == 0);
  data.write();
  CHECK(greatest_snapshot_set(directory) == 12);
  put(directory / "30_hello_x1.snapshot", "no tar");
  put(directory / "9223372036854775807_hello_x1.snapshot", "");
  put(directory / "99999999999999999999999_hello_x1.snapshot", "");
  put(directory / "40_hello_x1.notes", "");
  put(directory / "50.snapshot", "");
  CHECK(greatest_snapshot_set(directory) == 30);
}

TEST_CASE("a snapshot of another revision than the expected one is refused") {
  const data_fixture data{disk::memory};
  data.write();
  auto key = sample_key;
  key.rev = {7};
  CHECK_NOTHROW(check_snapshot(data.file(), key, {}));
  key.rev = {8};
  CHECK_THAT(refusal([&] { check_snapshot(data.file(), key, {}); }), Contains("(7), not of set 12"));
}

TEST_CASE("a forgotten snapshot is gone, and can be forgotten again") {
  const data_fixture data{disk::memory};
  data.write();
  forget_snapshot(data.file());
  forget_snapshot(data.file());
  CHECK(fs::is_empty(data.dir / "snapshots"));
  CHECK_THROWS_MATCHES(read_snapshot_info(data.file()), failure, is_of_kind(failure_kind::not_found));
  CHECK_THROWS_MATCHES(check_snapshot(data.file(), sample_key, {}), failure,
                       is_of_kind(failure_kind::not_found));
}
