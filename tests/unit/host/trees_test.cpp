#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/limits.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

struct stat status_of(const fs::path& file) {
  struct stat status {};
  REQUIRE(lstat(file.c_str(), &status) == 0);
  return status;
}

/// Directories in one another, far deeper than a path may be long.
void nest(const fs::path& top, int levels) {
  int at = open(top.c_str(), O_RDONLY | O_DIRECTORY);
  for (int level = 0; level < levels; ++level) {
    REQUIRE(mkdirat(at, "nested", 0755) == 0);
    const int next = openat(at, "nested", O_RDONLY | O_DIRECTORY);
    close(at);
    at = next;
  }
  close(at);
}

} // namespace

TEST_CASE("a tree goes with all in it, twice") {
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "tree/a/b");
  put(dir / "tree/a/b/f", "");
  fs::permissions(dir / "tree/a/b", fs::perms{0500});
  fs::create_directories(dir / ".tree.troupe-new/part");
  files.remove_tree(dir / "tree/");
  files.remove_tree(dir / "tree");
  files.remove_tree(dir / "none/tree");
  CHECK(entries_below(dir.path()) == 0);
}

TEST_CASE("removing a tree follows no links") {
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "kept/sub");
  put(dir / "kept/f", "kept");
  fs::create_directory(dir / "tree");
  fs::create_directory_symlink(dir / "kept", dir / "tree/link");
  fs::create_directory_symlink(dir / "kept", dir / "top-link");
  files.remove_tree(dir / "tree");
  files.remove_tree(dir / "top-link");
  CHECK(text_of(dir / "kept/f") == "kept");
  CHECK(fs::is_directory(dir / "kept/sub"));
  CHECK(entries_below(dir.path()) == 3);
}

TEST_CASE("removing a tree refuses what names no entry") {
  temp_dir dir;
  real_files files;
  CHECK_THROWS_AS(files.remove_tree("/"), failure);
  CHECK_THROWS_AS(files.remove_tree(dir / ".."), failure);
  CHECK_THROWS_AS(files.remove_tree(dir / "."), failure);
}

TEST_CASE("a tree with a mount in it is refused whole") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "tree/with space");
  put(dir / "tree/f", "kept");
  REQUIRE(mount("none", (dir / "tree/with space").c_str(), "tmpfs", 0, "size=64k") == 0);
  put(dir / "tree/with space/g", "kept");
  CHECK_THROWS_WITH(files.remove_tree(dir / "tree"), "cannot remove " + (dir / "tree").string() +
                                                         ": something is mounted on " +
                                                         (dir / "tree/with space").string());
  CHECK(text_of(dir / "tree/f") == "kept");
  CHECK(text_of(dir / "tree/with space/g") == "kept");
}

TEST_CASE("a directory bound into a tree is refused too") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directories(dir / "tree/bound");
  fs::create_directory(dir / "kept");
  put(dir / "kept/f", "kept");
  REQUIRE(mount((dir / "kept").c_str(), (dir / "tree/bound").c_str(), nullptr, MS_BIND, nullptr) == 0);
  CHECK_THROWS_AS(files.remove_tree(dir / "tree"), failure);
  CHECK(text_of(dir / "kept/f") == "kept");
}

TEST_CASE("a very deep tree is removed with few descriptors") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "tree");
  nest(dir / "tree", 1000);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few{128, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  CHECK_NOTHROW(files.remove_tree(dir / "tree"));
  setrlimit(RLIMIT_NOFILE, &before);
  CHECK_FALSE(files.exists(dir / "tree"));
}

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

TEST_CASE("a copied tree keeps owners and extended attributes") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "from");
  put(dir / "from/f", "text");
  REQUIRE(chown((dir / "from/f").c_str(), 1234, 2345) == 0);
  fs::permissions(dir / "from/f", fs::perms{04755});
  const bool has_attributes = setxattr((dir / "from/f").c_str(), "user.troupe", "value", 5, 0) == 0;
  fs::create_symlink("f", dir / "from/link");
  REQUIRE(lchown((dir / "from/link").c_str(), 1234, 2345) == 0);
  REQUIRE(chown((dir / "from").c_str(), 1234, 2345) == 0);

  files.copy_tree(dir / "from", dir / "to");
  for (const char* name : {"", "f", "link"}) {
    CHECK(status_of(dir / "to" / name).st_uid == 1234);
    CHECK(status_of(dir / "to" / name).st_gid == 2345);
  }
  CHECK((status_of(dir / "to/f").st_mode & 07777) == 04755);
  if (has_attributes) {
    std::string value(5, '\0');
    CHECK(getxattr((dir / "to/f").c_str(), "user.troupe", value.data(), value.size()) == 5);
    CHECK(value == "value");
  }
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
