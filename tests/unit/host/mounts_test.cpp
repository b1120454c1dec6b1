#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include <fcntl.h>

#include "messages/failure.hpp"
#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/kernel_mounts.hpp"
#include "runtime/host/probe_mounts.hpp"
#include "runtime/host/process_table.hpp"
#include "runtime/host/real_processes.hpp"
#include "runtime/host/squashfuse_mounts.hpp"
#include "runtime/host/unpacked_images.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

process_result run_tool(std::vector<std::string> argv) {
  process_spec spec;
  spec.argv = std::move(argv);
  spec.env = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}};
  spec.output_limit = 4096;
  return real_processes{}.run(spec, {});
}

fs::path make_image(const temp_dir& dir, const std::string& name, const std::string& text) {
  const fs::path tree = dir / (name + "-tree");
  fs::create_directories(tree / "meta");
  put(tree / "meta/snap.yaml", text);
  const fs::path image = dir / (name + ".snap");
  const auto made = run_tool({"mksquashfs", tree.string(), image.string(), "-noappend", "-quiet"});
  REQUIRE(made.succeeded());
  return image;
}

void unpack(const fs::path& image, const fs::path& directory) {
  const auto done = run_tool({"unsquashfs", "-f", "-d", directory.string(), image.string()});
  if (!done.succeeded())
    throw failure{"cannot unpack " + image.string() + ": " + done.output};
}

/// The back-ends that work here; each is known to when the tests run as root on a full host.
std::vector<std::shared_ptr<mounts>> adapters() {
  std::vector<std::shared_ptr<mounts>> found{std::make_shared<unpacked_images>(unpack)};
  for (const char* name : {"kernel", "squashfuse"}) {
    temp_dir scratch;
    try {
      found.push_back(
          probe_mounts({scratch.path(), std::make_shared<real_processes>(), {}, name}).adapter);
    } catch (const failure& reason) {
      WARN(reason.what());
    }
  }
  return found;
}

} // namespace

TEST_CASE("every back-end shows an image's files until it is unmounted, and all of it twice") {
  for (const auto& adapter : adapters()) {
    DYNAMIC_SECTION(adapter->backend()) {
      temp_dir dir;
      const fs::path image = make_image(dir, "a", "name: a\n");
      const fs::path place = dir / "my mounts";
      fs::create_directories(place / "x1");
      CHECK_FALSE(adapter->is_mounted(place / "x1"));
      adapter->unmount(place / "x1");
      adapter->mount_image(image, place / "x1");
      adapter->mount_image(image, place / "x1");
      CHECK(adapter->is_mounted(place / "x1"));
      CHECK(text_of(place / "x1/meta/snap.yaml") == "name: a\n");
      if (adapter->backend() != "unpacked")
        CHECK(adapter->mounted_below(dir.path()) == std::vector<std::string>{(place / "x1").string()});
      adapter->unmount(place / "x1");
      adapter->unmount(place / "x1");
      CHECK_FALSE(adapter->is_mounted(place / "x1"));
      CHECK(adapter->mounted_below(dir.path()).empty());
      CHECK(fs::is_directory(place / "x1"));
      CHECK(entries_below(place) == 1);
      adapter->unmount(place / "none");
    }
  }
}

TEST_CASE("every back-end refuses garbage and truncated images and leaves nothing mounted") {
  for (const auto& adapter : adapters()) {
    DYNAMIC_SECTION(adapter->backend()) {
      temp_dir dir;
      fs::create_directory(dir / "mounts");
      fs::create_directory(dir / "mounts/x1");
      put(dir / "garbage.snap", std::string(8192, 'g'));
      const fs::path image = make_image(dir, "a", std::string(9000, 'a'));
      fs::resize_file(image, 100);
      for (const fs::path& bad : {dir / "garbage.snap", image, dir / "none.snap"}) {
        CHECK_THROWS_AS(adapter->mount_image(bad, dir / "mounts/x1"), failure);
        CHECK_FALSE(adapter->is_mounted(dir / "mounts/x1"));
        CHECK(entries_below(dir / "mounts") == 1);
      }
    }
  }
}

TEST_CASE("the kernel's refusal of an image names it") {
  NEEDS_ROOT();
  temp_dir dir;
  fs::create_directory(dir / "x1");
  put(dir / "garbage.snap", std::string(8192, 'g'));
  kernel_mounts adapter;
  CHECK_THROWS_WITH(adapter.mount_image(dir / "garbage.snap", dir / "x1"),
                    "cannot mount " + (dir / "garbage.snap").string() + " on " + (dir / "x1").string() +
                        ": it is not a squashfs image, or is truncated");
}

TEST_CASE("a busy mount goes from its directory, and its user keeps the open file") {
  for (const auto& adapter : adapters()) {
    DYNAMIC_SECTION(adapter->backend()) {
      temp_dir dir;
      const fs::path image = make_image(dir, "a", "name: a\n");
      fs::create_directory(dir / "x1");
      adapter->mount_image(image, dir / "x1");
      const file_descriptor used{open((dir / "x1/meta/snap.yaml").c_str(), O_RDONLY | O_CLOEXEC)};
      REQUIRE(used);
      adapter->unmount(dir / "x1");
      CHECK_FALSE(adapter->is_mounted(dir / "x1"));
      CHECK(fs::is_empty(dir / "x1"));
      std::string text(8, '\0');
      CHECK(read(used.get(), text.data(), text.size()) == 8);
    }
  }
}

TEST_CASE("twenty images are mounted at once by every back-end") {
  constexpr int count = 20;
  for (const auto& adapter : adapters()) {
    DYNAMIC_SECTION(adapter->backend()) {
      temp_dir dir;
      const fs::path image = make_image(dir, "a", "name: a\n");
      for (int index = 0; index < count; ++index) {
        fs::create_directory(dir / std::to_string(index));
        fs::copy_file(image, dir / (std::to_string(index) + ".snap"));
      }
      const auto at_once = [&](auto&& work) {
        std::atomic<int> failed = 0;
        std::vector<std::jthread> threads;
        for (int index = 0; index < count; ++index)
          threads.emplace_back([&, index] {
            try {
              work(dir / std::to_string(index));
            } catch (const std::exception&) {
              ++failed;
            }
          });
        threads.clear();
        return failed.load();
      };
      CHECK(at_once([&](const fs::path& place) {
              adapter->mount_image(place.string() + ".snap", place);
            }) == 0);
      for (int index = 0; index < count; ++index)
        CHECK(text_of(dir / std::to_string(index) / "meta/snap.yaml") == "name: a\n");
      CHECK(at_once([&](const fs::path& place) { adapter->unmount(place); }) == 0);
      CHECK(adapter->mounted_below(dir.path()).empty());
    }
  }
}

TEST_CASE("two adapters, like two daemons, don't fall out over loop devices") {
  NEEDS_ROOT();
  temp_dir dir;
  const fs::path image = make_image(dir, "a", "name: a\n");
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> daemons;
    for (int daemon = 0; daemon < 4; ++daemon)
      daemons.emplace_back([&, daemon] {
        try {
          kernel_mounts adapter;
          const fs::path place = dir / std::to_string(daemon);
          fs::create_directory(place);
          for (int round = 0; round < 20; ++round) {
            adapter.mount_image(image, place);
            adapter.unmount(place);
          }
        } catch (const std::exception&) {
          ++failed;
        }
      });
  }
  CHECK(failed == 0);
}

TEST_CASE("a squashfuse mount whose server was killed is replaced") {
  NEEDS_ROOT();
  temp_dir dir;
  const auto runner = std::make_shared<real_processes>();
  squashfuse_mounts adapter{runner};
  const fs::path image = make_image(dir, "a", "name: a\n");
  fs::create_directory(dir / "x1");
  try {
    adapter.mount_image(image, dir / "x1");
  } catch (const failure& reason) {
    WARN(std::string{"skipped: "} + reason.what());
    return;
  }
  for (const pid_t process : all_processes())
    if (text_of("/proc/" + std::to_string(process) + "/cmdline").find((dir / "x1").string()) !=
        std::string::npos)
      kill(process, SIGKILL);
  for (int waited = 0; adapter.is_mounted(dir / "x1") && waited < 1000; ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  CHECK_FALSE(adapter.is_mounted(dir / "x1"));
  adapter.mount_image(image, dir / "x1");
  CHECK(text_of(dir / "x1/meta/snap.yaml") == "name: a\n");
  adapter.unmount(dir / "x1");
  CHECK(adapter.mounted_below(dir.path()).empty());
}

TEST_CASE("an image whose unpacking was cut off isn't mounted, and the next try finds no trace of it") {
  temp_dir dir;
  fs::create_directory(dir / "x1");
  fs::create_directories(dir / ".x1.troupe-new/meta");
  bool fails = true;
  unpacked_images adapter{[&](const fs::path&, const fs::path& directory) {
    put(directory / "half", "");
    if (fails)
      throw failure{"cannot unpack it: cut off"};
  }};
  CHECK_FALSE(adapter.is_mounted(dir / "x1"));
  CHECK_THROWS_WITH(adapter.mount_image("image", dir / "x1"), "cannot unpack it: cut off");
  CHECK_FALSE(adapter.is_mounted(dir / "x1"));
  CHECK(entries_below(dir.path()) == 1);
  fails = false;
  adapter.mount_image("image", dir / "x1");
  CHECK(adapter.is_mounted(dir / "x1"));
  CHECK(entries_below(dir.path()) == 2);
}

TEST_CASE("the octal escapes of mount points are decoded") {
  CHECK(decode_mount_field(R"(/a\040b\011c\134d)") == "/a b\tc\\d");
  CHECK(decode_mount_field(R"(/a\04)") == R"(/a\04)");
  CHECK(decode_mount_field("") == "");
}
