#include "runtime/snap/image.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <random>

#include "messages/failure.hpp"
#include "runtime/snap/image_tree.hpp"
#include "snap_files.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;

namespace {

failure_kind kind_of_fault(const fs::path& image) {
  try {
    read_image_info(image);
  } catch (const failure& fault) {
    return fault.kind();
  }
  return failure_kind::internal;
}

/// Reads a directory's metadata from itself and from images made of it, which must say the same.
template <class Check>
void in_every_form(const temporary_directory& work, Check check) {
  check([&] { return read_directory_info(work / "snap"); });
  make_image(work / "snap", work / "a.snap");
  check([&] { return read_image_info(work / "a.snap"); });
  make_image(work / "snap", work / "a.snap", "lzo");
  check([&] { return read_image_info(work / "a.snap"); });
}

} // namespace

TEST_CASE("metadata is read from images of every compression") {
  temporary_directory work;
  write_snap(work / "snap");
  auto expected = read_directory_info(work / "snap");
  CHECK(expected.image_bytes == 0);
  for (const auto* compression : {"gzip", "lzo", "lz4", "xz", "zstd"}) {
    INFO(compression);
    auto image = work / (std::string{compression} + ".snap");
    make_image(work / "snap", image, compression);
    auto info = read_image_info(image);
    CHECK(info.image_bytes == fs::file_size(image));
    info.image_bytes = 0;
    CHECK(info == expected);
  }
  CHECK(expected.name == "hello");
  CHECK(expected.version == "1.0");
  CHECK(expected.has_hook("configure"));
}

TEST_CASE("an image whose metadata spans many blocks is read whole") {
  temporary_directory work;
  write_snap(work / "snap");
  auto yaml = read_file(work / "snap/meta/snap.yaml");
  write_file(work / "snap/meta/snap.yaml",
             yaml + "# " + std::string(900'000, 'x') + "\ngrade: stable\n");
  in_every_form(work, [](auto read) { CHECK(read().grade == "stable"); });
}

TEST_CASE("what is no squashfs image is refused as such") {
  temporary_directory work;
  write_file(work / "empty.snap", "");
  write_file(work / "short.snap", "hsqs");
  write_file(work / "text.snap", "this is not a snap\n");
  std::mt19937 random{1};
  std::string garbage(100'000, '\0');
  for (auto& c : garbage)
    c = static_cast<char>(random());
  write_file(work / "garbage.snap", garbage);
  for (const auto* name : {"empty.snap", "short.snap", "text.snap", "garbage.snap"}) {
    INFO(name);
    CHECK_THROWS_WITH(read_image_info(work / name),
                      "cannot read snap file \"" + (work / name).native() + "\": not a squashfs image");
    CHECK(kind_of_fault(work / name) == failure_kind::snap_not_a_snap);
  }
}

TEST_CASE("what is no file is refused, and a FIFO isn't waited for") {
  temporary_directory work;
  fs::create_directory(work / "directory");
  REQUIRE(mkfifo((work / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(read_image_info(work / "directory"), Contains("isn't a regular file"));
  CHECK_THROWS_WITH(read_image_info(work / "fifo"), Contains("isn't a regular file"));
  CHECK_THROWS_WITH(read_image_info(work / "missing"), Contains("No such file"));
  CHECK_THROWS_WITH(read_directory_info(work / "missing"), Contains("cannot read snap directory"));
  CHECK_THROWS_WITH(read_directory_info(work / "fifo"), Contains("isn't a directory"));
}

TEST_CASE("a truncated image is refused with its size") {
  temporary_directory work;
  write_snap(work / "snap");
  for (const auto* compression : {"xz", "lzo"}) {
    make_image(work / "snap", work / "a.snap", compression);
    fs::resize_file(work / "a.snap", 300);
    CHECK_THROWS_WITH(read_image_info(work / "a.snap"), Contains("it is truncated: 300 of "));
  }
}

TEST_CASE("an image that claims more fragments than it can hold is refused") {
  temporary_directory work;
  write_snap(work / "snap");
  make_image(work / "snap", work / "a.snap");
  auto bytes = read_file(work / "a.snap");
  // The superblock's fifth number of 32 bits.
  bytes.replace(16, 4, "\xff\xff\xff\x7f");
  write_file(work / "a.snap", bytes);
  CHECK_THROWS_WITH(read_image_info(work / "a.snap"), Contains("claims to have 2147483647 fragments"));
}

TEST_CASE("a damaged image is read or refused, never anything else") {
  temporary_directory work;
  write_snap(work / "snap");
  std::mt19937 random{7};
  for (const auto* compression : {"gzip", "zstd", "xz", "lz4"}) {
    make_image(work / "snap", work / "a.snap", compression);
    auto good = read_file(work / "a.snap");
    // The image's end is padding.
    auto used = good.find_last_not_of('\0') + 1;
    for (int round = 0; round < 100; ++round) {
      auto bad = good;
      for (auto count = random() % 8 + 1; count > 0; --count)
        bad[random() % used] = static_cast<char>(random());
      write_file(work / "bad.snap", bad);
      try {
        read_image_info(work / "bad.snap");
      } catch (const failure& fault) {
        REQUIRE_THAT(fault.what(), Catch::StartsWith("cannot read "));
      }
    }
  }
}

TEST_CASE("a missing, linked or hidden snap.yaml is refused") {
  temporary_directory work;
  write_snap(work / "snap");
  auto yaml = work / "snap/meta/snap.yaml";
  auto refused = [&](const std::string& why) {
    in_every_form(work, [&](auto read) { CHECK_THROWS_WITH(read(), Contains(why)); });
  };
  fs::permissions(yaml, fs::perms{0600});
  refused("meta/snap.yaml must be readable by everybody (its mode is 0600)");
  fs::remove(yaml);
  refused("meta/snap.yaml is missing");
  fs::create_symlink("/etc/passwd", yaml);
  refused("meta/snap.yaml isn't a regular file");
  fs::remove(yaml);
  fs::create_directory(yaml);
  refused("meta/snap.yaml isn't a regular file");
  fs::remove_all(work / "snap/meta");
  refused("meta/snap.yaml is missing");
}

TEST_CASE("an over-long snap.yaml in a snap is refused unread") {
  temporary_directory work;
  write_snap(work / "snap");
  write_file(work / "snap/meta/snap.yaml", std::string(5U << 20U, ' '));
  in_every_form(work,
                [](auto read) { CHECK_THROWS_WITH(read(), Contains("larger than 1048576 bytes")); });
}

TEST_CASE("hooks that can't be run are refused") {
  temporary_directory work;
  write_snap(work / "snap");
  auto hooks = work / "snap/meta/hooks";
  auto refused = [&](const std::string& why) {
    in_every_form(work, [&](auto read) { CHECK_THROWS_WITH(read(), Contains(why)); });
  };
  write_file(hooks / "install", "#!/bin/sh\n", 0644);
  refused(R"(hook "install": file "meta/hooks/install" isn't executable (its mode is 0644))");
  fs::remove(hooks / "install");
  write_file(hooks / "Install", "#!/bin/sh\n", 0755);
  refused(R"(meta/hooks: invalid hook name: "Install")");
  fs::remove(hooks / "Install");
  fs::create_directory(hooks / "install");
  refused(R"(hook "install": file "meta/hooks/install" isn't a regular file)");
  fs::remove(hooks / "install");
  fs::create_symlink("../../../../bin/sh", hooks / "install");
  refused("leads out of the snap");
  fs::remove_all(hooks);
  write_file(hooks, "");
  refused("meta/hooks isn't a directory");
}

TEST_CASE("a link's target with control characters is shown without them, whatever is wrong with it") {
  temporary_directory work;
  write_snap(work / "snap");
  auto rest = "[2J" + std::string(300, 'a');
  fs::remove(work / "snap/bin/hello");
  fs::create_symlink("\x1b" + rest, work / "snap/bin/hello");
  CHECK_THROWS_WITH(read_directory_info(work / "snap"),
                    Contains("bin/\\x1b" + rest + ": File name too long"));
}

TEST_CASE("a hook that is declared but not there is refused") {
  temporary_directory work;
  write_snap(work / "snap");
  auto yaml = read_file(work / "snap/meta/snap.yaml");
  write_file(work / "snap/meta/snap.yaml", yaml + "hooks:\n  install:\n");
  in_every_form(work, [](auto read) {
    CHECK_THROWS_WITH(read(), Contains(R"(hook "install": file "meta/hooks/install" is missing)"));
  });
}

TEST_CASE("commands that can't be run are refused") {
  temporary_directory work;
  write_snap(work / "snap");
  auto command = work / "snap/bin/hello";
  auto refused = [&](const std::string& why) {
    in_every_form(work, [&](auto read) {
      CHECK_THROWS_WITH(read(), Contains(R"(app "hello": file "bin/hello" )" + why));
    });
  };
  fs::permissions(command, fs::perms{0644});
  refused("isn't executable by everybody (its mode is 0644)");
  fs::permissions(command, fs::perms{0700});
  refused("isn't executable by everybody (its mode is 0700)");
  fs::remove(command);
  refused("is missing");
  fs::create_directory(command);
  refused("isn't a regular file");
  fs::remove(command);
  fs::create_symlink("../../outside", command);
  refused("is a link that leads out of the snap");
  fs::remove(command);
  fs::create_symlink("hello", command);
  refused("is missing");
}

TEST_CASE("commands are found through links within the snap") {
  temporary_directory work;
  write_snap(work / "snap");
  write_file(work / "snap/usr/lib/real", "#!/bin/sh\n", 0755);
  fs::remove_all(work / "snap/bin");
  fs::create_directory_symlink("usr/bin", work / "snap/bin");
  fs::create_directory(work / "snap/usr/bin");
  fs::create_symlink("../lib/./real", work / "snap/usr/bin/hello");
  in_every_form(work, [](auto read) { CHECK(read().find_app("hello")); });
  fs::remove(work / "snap/usr/bin/hello");
  // A file of the base, which the image knows nothing of.
  fs::create_symlink("/usr/bin/python3", work / "snap/usr/bin/hello");
  in_every_form(work, [](auto read) { CHECK(read().find_app("hello")); });
}

TEST_CASE("the chain and the stop command of a service are looked for") {
  temporary_directory work;
  write_snap(work / "snap");
  std::string head = "name: hello\nversion: 1\napps:\n  svc: {daemon: simple, command: bin/hello, ";
  write_file(work / "snap/meta/snap.yaml", head + "stop-command: bin/stop}\n");
  in_every_form(work, [](auto read) { CHECK_THROWS_WITH(read(), Contains("\"bin/stop\" is missing")); });
  write_file(work / "snap/meta/snap.yaml", head + "command-chain: [bin/hello, bin/wrap]}\n");
  in_every_form(work, [](auto read) { CHECK_THROWS_WITH(read(), Contains("\"bin/wrap\" is missing")); });
}

TEST_CASE("unsquashfs tells the same of files as libsquashfs") {
  temporary_directory work;
  write_file(work / "snap/set", "12345", 04755);
  write_file(work / "snap/sticky", "", 01644);
  write_file(work / "snap/group", "", 02745);
  write_file(work / "snap/with blank", "x", 0600);
  fs::create_symlink("a -> b", work / "snap/link");
  REQUIRE(mkfifo((work / "snap/fifo").c_str(), 0600) == 0);
  fs::create_directories(work / "snap/d/e");
  make_image(work / "snap", work / "a.snap");
  auto direct = open_image_tree(work / "a.snap");
  auto by_child = open_unsquashfs_tree(work / "a.snap");
  for (const auto* path : {"set", "sticky", "group", "with blank", "link", "fifo", "d", "d/e", "none"}) {
    INFO(path);
    auto one = direct->stat(path);
    auto other = by_child->stat(path);
    REQUIRE(one.has_value() == other.has_value());
    if (!one)
      continue;
    CHECK(one->kind == other->kind);
    CHECK(one->mode == other->mode);
    CHECK(one->target == other->target);
    if (one->kind == entry_kind::file)
      CHECK(one->bytes == other->bytes);
  }
  CHECK(direct->list("d", 10) == by_child->list("d", 10));
  CHECK_THROWS_AS(direct->list("d", 0), failure);
  CHECK_THROWS_AS(by_child->list("d", 0), failure);
  CHECK(direct->read("set", 5) == by_child->read("set", 5));
  CHECK_THROWS_AS(direct->read("set", 4), failure);
  CHECK_THROWS_AS(by_child->read("set", 4), failure);
}

TEST_CASE("an image is unpacked into a missing or an empty directory") {
  temporary_directory work;
  write_snap(work / "snap");
  make_image(work / "snap", work / "-a.snap", "lzo");
  fs::create_directory(work / "empty");
  for (const auto* name : {"new", "empty"}) {
    unpack_image(work / "-a.snap", work / name);
    CHECK(read_file(work / name / "bin/hello") == "#!/bin/sh\necho hello\n");
    CHECK(read_directory_info(work / name).name == "hello");
  }
  CHECK_THROWS_WITH(unpack_image(work / "-a.snap", work / "new"), Contains("isn't an empty directory"));
  CHECK(fs::exists(work / "new/bin/hello"));
}

TEST_CASE("an image that can't be unpacked leaves nothing behind") {
  temporary_directory work;
  write_snap(work / "snap");
  std::mt19937 random{3};
  std::string noise(600'000, '\0');
  for (auto& c : noise)
    c = static_cast<char>(random());
  write_file(work / "snap/noise", noise);
  make_image(work / "snap", work / "a.snap");
  auto bytes = read_file(work / "a.snap");
  write_file(work / "cut.snap", bytes.substr(0, bytes.size() / 2));
  fs::create_directory(work / "empty");
  CHECK_THROWS_WITH(unpack_image(work / "cut.snap", work / "new"), Contains("cannot unpack"));
  CHECK_FALSE(fs::exists(work / "new"));
  CHECK_THROWS_AS(unpack_image(work / "cut.snap", work / "empty"), failure);
  CHECK(fs::is_empty(work / "empty"));
}
