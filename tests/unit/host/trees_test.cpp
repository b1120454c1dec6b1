#include <catch2/catch.hpp>

#include "deep_tree.hpp"
#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

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
  {
    few_descriptors few;
    CHECK_NOTHROW(files.remove_tree(dir / "tree"));
  }
  CHECK_FALSE(files.exists(dir / "tree"));
}
