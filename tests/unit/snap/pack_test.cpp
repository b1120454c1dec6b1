#include "runtime/snap/pack.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>

#include "messages/failure.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/image_tree.hpp"
#include "snap_files.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{directory})
    names.push_back(entry.path().filename());
  return names;
}

/// Sets PATH for a while.
class changed_path {
public:
  explicit changed_path(const std::string& value) : former_{getenv("PATH")} {
    setenv("PATH", value.c_str(), 1);
  }
  changed_path(const changed_path&) = delete;
  changed_path& operator=(const changed_path&) = delete;
  ~changed_path() { setenv("PATH", former_.c_str(), 1); }

private:
  std::string former_;
};

} // namespace

TEST_CASE("a packed directory is an image with the same metadata") {
  temporary_directory work;
  write_snap(work / "snap");
  fs::create_directory(work / "out");
  for (const auto* compression : {"xz", "lzo", "gzip", "lz4", "zstd"}) {
    INFO(compression);
    auto image = pack(work / "snap", work / "out", {.compression = compression});
    CHECK(image == work / "out/hello_1.0_all.snap");
    CHECK(read_image_info(image).name == "hello");
  }
  CHECK(names_in(work / "out") == std::vector<std::string>{"hello_1.0_all.snap"});
}

TEST_CASE("an image is named after its architectures") {
  temporary_directory work;
  write_snap(work / "snap");
  auto yaml = read_file(work / "snap/meta/snap.yaml");
  write_file(work / "snap/meta/snap.yaml", yaml + "architectures: [amd64]\n");
  CHECK(pack(work / "snap", work.path()).filename() == "hello_1.0_amd64.snap");
  write_file(work / "snap/meta/snap.yaml", yaml + "architectures: [amd64, arm64]\n");
  CHECK(pack(work / "snap", work.path()).filename() == "hello_1.0_multi.snap");
  CHECK(pack(work / "snap", work / "x[1].snap") == work / "x[1].snap");
}

TEST_CASE("an image that is written into the packed directory isn't part of itself") {
  temporary_directory work;
  write_snap(work / "snap");
  write_file(work / "snap/.git/config", "x");
  write_file(work / "snap/lib/.git/config", "x");
  pack(work / "snap", work / "snap");
  auto image = pack(work / "snap", work / "snap");
  auto tree = open_image_tree(image);
  CHECK(tree->list("", 10) == std::vector<std::string>{"bin", "lib", "meta"});
  CHECK_FALSE(tree->stat("lib/.git"));
}

TEST_CASE("everybody may enter a packed snap, whatever directory it was made of") {
  temporary_directory work;
  write_snap(work / "snap");
  fs::permissions(work / "snap", fs::perms{0700});
  pack(work / "snap", work / "a.snap");
  unpack_image(work / "a.snap", work / "unpacked");
  CHECK(fs::status(work / "unpacked").permissions() == fs::perms{0755});
}

TEST_CASE("what can't be packed is refused and leaves nothing behind") {
  temporary_directory work;
  write_snap(work / "snap");
  fs::create_directory(work / "out");
  CHECK_THROWS_WITH(pack(work / "none", work / "out"), Contains("cannot read snap directory"));
  CHECK_THROWS_WITH(pack(work / "snap", work / "out", {.compression = "rar"}), Contains("\"rar\""));
  CHECK_THROWS_WITH(pack(work / "snap", work / "none/a.snap"), Contains("none\" is missing"));
  CHECK_THROWS_WITH(pack(work / "snap", work / "none/"), Contains("is missing"));
  {
    changed_path nowhere{(work / "out").native()};
    CHECK_THROWS_WITH(pack(work / "snap", work / "out"),
                      Contains("mksquashfs") && Contains("isn't installed"));
  }
  fs::permissions(work / "snap/meta/hooks/configure", fs::perms{0644});
  CHECK_THROWS_WITH(pack(work / "snap", work / "out"), Contains("isn't executable"));
  CHECK(names_in(work / "out").empty());
}
