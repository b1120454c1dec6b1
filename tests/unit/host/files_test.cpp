#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

TEST_CASE("an image of ours is placed as a link to the same file") {
  temp_dir dir;
  real_files files;
  put(dir / "a.snap", "image");
  files.place_image(dir / "a.snap", dir / "b.snap");
  CHECK(status_of(dir / "a.snap").st_ino == status_of(dir / "b.snap").st_ino);
  files.place_image(dir / "a.snap", dir / "b.snap");
  CHECK(entries_below(dir.path()) == 2);
}

TEST_CASE("an image that others may write to is copied") {
  temp_dir dir;
  real_files files;
  put(dir / "a.snap", std::string(300'000, 'x') + "end");
  fs::permissions(dir / "a.snap", fs::perms{0666});
  files.place_image(dir / "a.snap", dir / "b.snap");
  CHECK(status_of(dir / "a.snap").st_ino != status_of(dir / "b.snap").st_ino);
  CHECK(text_of(dir / "a.snap") == text_of(dir / "b.snap"));
  const auto placed = status_of(dir / "b.snap").st_ino;
  files.place_image(dir / "a.snap", dir / "b.snap");
  CHECK(status_of(dir / "b.snap").st_ino == placed);
  CHECK(entries_below(dir.path()) == 2);
}

TEST_CASE("an image on another file system is copied") {
  if (!fs::is_directory("/dev/shm")) {
    WARN("skipped: no /dev/shm");
    return;
  }
  temp_dir dir;
  real_files files;
  const fs::path other = "/dev/shm/troupe-host-" + std::to_string(getpid());
  put(other, "image");
  files.place_image(other, dir / "b.snap");
  fs::remove(other);
  CHECK(text_of(dir / "b.snap") == "image");
}

TEST_CASE("an image replaces another content of the same size and what a killed daemon left") {
  temp_dir dir;
  real_files files;
  put(dir / "a.snap", "new image");
  put(dir / "b.snap", "old image");
  put(dir / ".b.snap.troupe-new", "new");
  files.place_image(dir / "a.snap", dir / "b.snap");
  CHECK(text_of(dir / "b.snap") == "new image");
  CHECK(entries_below(dir.path()) == 2);
}

TEST_CASE("a missing image and a directory are refused as images") {
  temp_dir dir;
  real_files files;
  CHECK_THROWS_WITH(files.place_image(dir / "a.snap", dir / "b.snap"),
                    "cannot read " + (dir / "a.snap").string() + ": No such file or directory");
  CHECK_THROWS_WITH(files.place_image(dir.path(), dir / "b.snap"),
                    "cannot read " + dir.path().string() + ": it is not a regular file");
  CHECK(entries_below(dir.path()) == 0);
}

TEST_CASE("directories are made with their parents, once, whatever the file mode mask") {
  temp_dir dir;
  real_files files;
  const mode_t mask = umask(0077);
  const bool made = files.make_dirs(dir / "a/b/c/", 0775);
  umask(mask);
  CHECK(made);
  CHECK_FALSE(files.make_dirs(dir / "a/b/c", 0700));
  CHECK((status_of(dir / "a/b").st_mode & 07777) == 0755);
  CHECK((status_of(dir / "a/b/c").st_mode & 07777) == 0775);
  put(dir / "file", "");
  CHECK_THROWS_WITH(files.make_dirs(dir / "file", 0755), Catch::Contains("Not a directory"));
  CHECK_THROWS_AS(files.make_dirs(dir / "file/below", 0755), failure);
}

TEST_CASE("a link is made, replaced and read") {
  temp_dir dir;
  real_files files;
  CHECK(files.read_link(dir / "current") == std::nullopt);
  files.make_link("x1", dir / "current");
  files.make_link("x1", dir / "current");
  CHECK(files.read_link(dir / "current") == "x1");
  files.make_link("x2", dir / "current");
  CHECK(files.read_link(dir / "current") == "x2");
  CHECK(files.exists(dir / "current"));
  CHECK(entries_below(dir.path()) == 1);
  CHECK(files.read_link(dir.path()) == std::nullopt);
}

TEST_CASE("a link doesn't replace a directory") {
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "current");
  CHECK_THROWS_AS(files.make_link("x1", dir / "current"), failure);
  CHECK(entries_below(dir.path()) == 1);
}

TEST_CASE("a file is written with its mode in place of the former one") {
  temp_dir dir;
  real_files files;
  files.write_file(dir / "f", "one", 0644);
  files.write_file(dir / "f", "two", 0750);
  CHECK(text_of(dir / "f") == "two");
  CHECK((status_of(dir / "f").st_mode & 07777) == 0750);
  CHECK(entries_below(dir.path()) == 1);
  CHECK_THROWS_WITH(files.write_file(dir / "none/f", "", 0644), Catch::Contains("cannot write"));
}

TEST_CASE("a rename that was done before is done") {
  temp_dir dir;
  real_files files;
  put(dir / "a", "text");
  files.rename(dir / "a", dir / "b");
  files.rename(dir / "a", dir / "b");
  CHECK(text_of(dir / "b") == "text");
  CHECK_THROWS_AS(files.rename(dir / "a", dir / "c"), failure);
}

TEST_CASE("a list has sorted names and none of the unfinished ones") {
  temp_dir dir;
  real_files files;
  put(dir / "b", "");
  put(dir / ".a", "");
  put(dir / ".b.troupe-new", "");
  CHECK(files.list(dir.path()) == std::vector<std::string>{".a", "b"});
  CHECK(files.list(dir / "none").empty());
}

TEST_CASE("removing a file that is gone is fine, and its unfinished copy goes too") {
  temp_dir dir;
  real_files files;
  put(dir / "f", "");
  put(dir / ".f.troupe-new", "");
  files.remove_file(dir / "f");
  files.remove_file(dir / "f");
  files.remove_file(dir / "none/f");
  CHECK(entries_below(dir.path()) == 0);
  CHECK_THROWS_AS(files.remove_file(dir.path()), failure);
}

TEST_CASE("a dangling link exists, and free space and syncs are answered") {
  temp_dir dir;
  real_files files;
  fs::create_symlink("nowhere", dir / "link");
  CHECK(files.exists(dir / "link"));
  CHECK_FALSE(files.exists(dir / "none"));
  CHECK_FALSE(files.exists(dir / "link/below"));
  CHECK(files.free_bytes(dir.path()) > 0);
  put(dir / "f", "");
  files.sync_file(dir / "f");
  files.sync_dir(dir.path());
  CHECK_THROWS_AS(files.sync_dir(dir / "f"), failure);
}

TEST_CASE("a full disk is told as such and leaves no part of a file") {
  NEEDS_ROOT();
  temp_dir dir;
  real_files files;
  fs::create_directory(dir / "full");
  REQUIRE(mount("none", (dir / "full").c_str(), "tmpfs", 0, "size=256k") == 0);
  put(dir / "image", std::string(1U << 20, 'x'));
  fs::create_directory(dir / "tree");
  put(dir / "tree/data", std::string(1U << 20, 'x'));

  const auto is_full = Catch::Predicate<failure>(
      [](const failure& error) { return error.kind() == failure_kind::insufficient_space; });
  CHECK_THROWS_MATCHES(files.place_image(dir / "image", dir / "full/image"), failure, is_full);
  CHECK_THROWS_MATCHES(files.copy_tree(dir / "tree", dir / "full/tree"), failure, is_full);
  CHECK_THROWS_MATCHES(files.write_file(dir / "full/f", std::string(1U << 20, 'x'), 0644), failure,
                       is_full);
  CHECK(entries_below(dir / "full") == 0);
  files.write_file(dir / "full/f", "fits", 0644);
  CHECK(text_of(dir / "full/f") == "fits");
}
