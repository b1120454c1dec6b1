#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "deep_tree.hpp"
#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/limits.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

TEST_CASE("a copied tree has the same content, modes, times and links") {
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "from/sub");
  put(dir / "from/f", "text");
  fs::create_hard_link(dir / "from/f", dir / "from/sub/same");
  fs::create_symlink("f", dir / "from/link");
  fs::create_symlink("nowhere", dir / "from/dangling");
  REQUIRE(mkfifo((dir / "from/fifo").c_str(), 0640) == 0);
  fs::permissions(dir / "from/f", fs::perms{0640});
  fs::permissions(dir / "from/sub", fs::perms{01750});
  const timespec times[] = {{1'000'000'000, 5}, {1'100'000'000, 7}};
  REQUIRE(utimensat(AT_FDCWD, (dir / "from/f").c_str(), times, 0) == 0);
  REQUIRE(utimensat(AT_FDCWD, (dir / "from/sub").c_str(), times, 0) == 0);
  REQUIRE(utimensat(AT_FDCWD, (dir / "from/link").c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);

  files.copy_tree(dir / "from", dir / "to");
  CHECK(text_of(dir / "to/f") == "text");
  CHECK(files.read_link(dir / "to/link") == "f");
  CHECK(files.read_link(dir / "to/dangling") == "nowhere");
  CHECK((status_of(dir / "to/f").st_mode & 07777) == 0640);
  CHECK((status_of(dir / "to/sub").st_mode & 07777) == 01750);
  CHECK(status_of(dir / "to/fifo").st_mode == (S_IFIFO | 0640));
  CHECK(status_of(dir / "to/f").st_ino == status_of(dir / "to/sub/same").st_ino);
  CHECK(status_of(dir / "to/f").st_ino != status_of(dir / "from/f").st_ino);
  for (const char* name : {"f", "sub", "link"}) {
    CHECK(status_of(dir / "to" / name).st_mtim.tv_sec == 1'100'000'000);
    CHECK(status_of(dir / "to" / name).st_mtim.tv_nsec == 7);
  }
  put(dir / "from/f", "later");
  files.copy_tree(dir / "from", dir / "to");
  CHECK(text_of(dir / "to/f") == "text");
}

TEST_CASE("a copied tree keeps the holes of files") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/sparse", "start");
  {
    std::fstream file{dir / "from/sparse"};
    file.seekp(2 << 20);
    file << "middle";
  }
  fs::resize_file(dir / "from/sparse", 4U << 20);
  files.copy_tree(dir / "from", dir / "to");
  CHECK(fs::file_size(dir / "to/sparse") == 4U << 20);
  CHECK(text_of(dir / "to/sparse") == text_of(dir / "from/sparse"));
  CHECK(status_of(dir / "to/sparse").st_blocks <= status_of(dir / "from/sparse").st_blocks + 64);
}

TEST_CASE("a copy of a tree starts anew where a killed daemon left part of one") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/f", "text");
  fs::create_directory(dir / ".to.troupe-new");
  put(dir / ".to.troupe-new/stale", "");
  files.copy_tree(dir / "from", dir / "to");
  CHECK(entries_below(dir / "to") == 1);
  CHECK(files.list(dir.path()) == std::vector<std::string>{"from", "to"});
  CHECK_FALSE(files.exists(dir / ".to.troupe-new"));
}

TEST_CASE("what isn't a directory or is nested too deep isn't copied, and nothing is left") {
  temp_dir dir;
  real_files files;
  put(dir / "file", "");
  fs::create_directory(dir / "from");
  fs::create_directory_symlink("from", dir / "link");
  CHECK_THROWS_AS(files.copy_tree(dir / "none", dir / "to"), failure);
  CHECK_THROWS_AS(files.copy_tree(dir / "file", dir / "to"), failure);
  CHECK_THROWS_AS(files.copy_tree(dir / "link", dir / "to"), failure);
  nest(dir / "from", static_cast<int>(limits::copied_tree_levels) + 1);
  CHECK_THROWS_WITH(files.copy_tree(dir / "from", dir / "to"),
                    Catch::Contains("directories are nested"));
  CHECK(files.list(dir.path()) == std::vector<std::string>{"file", "from", "link"});
  CHECK_FALSE(files.exists(dir / ".to.troupe-new"));
}

TEST_CASE("a file system mounted in a copied tree is left out") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "from/mounted");
  REQUIRE(mount("none", (dir / "from/mounted").c_str(), "tmpfs", 0, "size=64k") == 0);
  put(dir / "from/mounted/f", "");
  files.copy_tree(dir / "from", dir / "to");
  CHECK(entries_below(dir / "to") == 1);
}

TEST_CASE("a copied tree keeps all names of a file, a link or a pipe together") {
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "from/sub");
  put(dir / "from/f", "text");
  fs::create_symlink("f", dir / "from/link");
  REQUIRE(mkfifo((dir / "from/pipe").c_str(), 0600) == 0);
  for (const char* name : {"f", "link", "pipe"})
    fs::create_hard_link(dir / "from" / name, dir / "from/sub" / name);
  files.copy_tree(dir / "from", dir / "to");
  for (const char* name : {"f", "link", "pipe"}) {
    INFO(name);
    CHECK(status_of(dir / "to" / name).st_ino == status_of(dir / "to/sub" / name).st_ino);
    CHECK(status_of(dir / "to" / name).st_nlink == 2);
  }
}

TEST_CASE("a copied tree keeps sockets and devices") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  REQUIRE(mknod((dir / "from/socket").c_str(), S_IFSOCK | 0660, 0) == 0);
  if (mknod((dir / "from/null").c_str(), S_IFCHR | 0622, makedev(1, 3)) != 0)
    WARN("without a device: this host allows none");
  files.copy_tree(dir / "from", dir / "to");
  for (const std::string& name : files.list(dir / "from")) {
    INFO(name);
    CHECK(status_of(dir / "to" / name).st_mode == status_of(dir / "from" / name).st_mode);
    CHECK(status_of(dir / "to" / name).st_rdev == status_of(dir / "from" / name).st_rdev);
  }
}

TEST_CASE("a copied tree keeps names that are no text") {
  temp_dir dir;
  real_files files;
  const std::vector<std::string> names{"\x01\x7f", "\xff\xfe", " ",
                                       "-rf",      "a\nb",     std::string(255, '\xe9')};
  for (const std::string& name : names) {
    fs::create_directories(dir / "from" / ("d" + name.substr(1)));
    put(dir / "from" / ("d" + name.substr(1)) / name, name);
  }
  files.copy_tree(dir / "from", dir / "to");
  for (const std::string& name : names)
    CHECK(text_of(dir / "to" / ("d" + name.substr(1)) / name) == name);
}

TEST_CASE("what is done to a copy leaves what it was copied from as it was") {
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "from/sub");
  put(dir / "from/f", "text");
  fs::create_hard_link(dir / "from/f", dir / "from/sub/same");
  const auto before = status_of(dir / "from/f");
  files.copy_tree(dir / "from", dir / "to");
  put(dir / "to/f", "changed");
  fs::permissions(dir / "to/f", fs::perms{0600});
  files.remove_tree(dir / "to");
  CHECK(text_of(dir / "from/f") == "text");
  CHECK(text_of(dir / "from/sub/same") == "text");
  CHECK(status_of(dir / "from/f").st_mode == before.st_mode);
  CHECK(status_of(dir / "from/f").st_nlink == 2);
  CHECK(status_of(dir / "from/f").st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

TEST_CASE("files that come and go while a tree is copied don't fail the copy") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/stays", "text");
  std::atomic<bool> ended = false;
  std::thread busy{[&] {
    while (!ended)
      for (int i = 0; i < 20; ++i) {
        const fs::path at = dir / "from" / std::to_string(i);
        std::error_code ignored;
        fs::create_directory(at.string() + "d", ignored);
        put(at.string() + "d/f", "x");
        put(at, "x");
        fs::create_symlink("stays", at.string() + "l", ignored);
        fs::remove(at, ignored);
        fs::remove(at.string() + "l", ignored);
        fs::remove_all(at.string() + "d", ignored);
      }
  }};
  for (int round = 0; round < 20; ++round) {
    CHECK_NOTHROW(files.copy_tree(dir / "from", dir / "to"));
    CHECK(text_of(dir / "to/stays") == "text");
    files.remove_tree(dir / "to");
  }
  ended = true;
  busy.join();
}

TEST_CASE("a deeply nested tree is copied with few descriptors") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  nest(dir / "from", static_cast<int>(limits::copied_tree_levels));
  put(dir / "from/nested/f", "text");
  {
    few_descriptors few;
    REQUIRE_NOTHROW(files.copy_tree(dir / "from", dir / "to"));
  }
  CHECK(entries_below(dir / "to") == limits::copied_tree_levels + 1);
  CHECK(text_of(dir / "to/nested/f") == "text");
}

TEST_CASE("a disk that is full amid a copy is told as such, and nothing is left") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "full");
  REQUIRE(mount("none", (dir / "full").c_str(), "tmpfs", 0, "size=512k") == 0);
  for (int i = 0; i < 50; ++i) {
    const fs::path at = dir / "full/from" / std::to_string(i);
    fs::create_directories(at);
    put(at / "f", std::string(6000, 'x'));
  }
  const auto before = files.free_bytes(dir / "full");
  try {
    files.copy_tree(dir / "full/from", dir / "full/to");
    FAIL("the disk wasn't full");
  } catch (const failure& fault) {
    CHECK(fault.kind() == failure_kind::insufficient_space);
    CHECK_THAT(fault.what(), Catch::StartsWith("cannot copy " + (dir / "full/from").string()));
  }
  CHECK(files.list(dir / "full") == std::vector<std::string>{"from"});
  CHECK_FALSE(files.exists(dir / "full/.to.troupe-new"));
  CHECK(files.free_bytes(dir / "full") == before);
  CHECK(entries_below(dir / "full/from") == 100);
}

TEST_CASE("a file that is mounted in a copied tree is left out like a directory") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/f", "");
  put(dir / "elsewhere", "text");
  REQUIRE(mount((dir / "elsewhere").c_str(), (dir / "from/f").c_str(), nullptr, MS_BIND, nullptr) == 0);
  files.copy_tree(dir / "from", dir / "to");
  CHECK(files.exists(dir / "to/f"));
  CHECK(text_of(dir / "to/f").empty());
}
