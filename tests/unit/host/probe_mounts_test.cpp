#include <catch2/catch.hpp>

#include "messages/failure.hpp"
#include "runtime/host/probe_mounts.hpp"
#include "runtime/host/real_processes.hpp"
#include "runtime/host/tiny_image.hpp"
#include "temp_dir.hpp"

using namespace troupe;
using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

/// A host without any program.
class no_programs : public processes {
public:
  process_result run(const process_spec& spec, std::stop_token,
                     std::function<void(std::string_view)>) override {
    throw failure{"cannot run " + spec.argv.front() + ": No such file or directory"};
  }
  std::size_t kill_marked(const std::map<std::string, std::string>&) override { return 0; }
};

void pretend_to_unpack(const fs::path&, const fs::path& directory) {
  put(directory / tiny_image_file, std::string{tiny_image_text});
}

} // namespace

TEST_CASE("probing chooses a back-end that works and leaves nothing behind") {
  temp_dir dir;
  const auto probed =
      probe_mounts({dir / "scratch", std::make_shared<real_processes>(), pretend_to_unpack, ""});
  CHECK(probed.images.name == "images");
  CHECK(probed.images.chosen == probed.adapter->backend());
  CHECK(probed.images.detail.empty());
  CHECK(mounts_below(dir.path()).empty());
  CHECK(entries_below(dir.path()) == 1);
}

TEST_CASE("root on a host with loop devices gets kernel mounts") {
  NEEDS_ROOT();
  if (!fs::exists("/dev/loop-control")) {
    WARN("skipped: no loop devices");
    return;
  }
  temp_dir dir;
  const auto probed = probe_mounts({dir.path(), std::make_shared<real_processes>(), {}, ""});
  CHECK(probed.adapter->backend() == "kernel");
  CHECK(probed.images.rejected.empty());
}

TEST_CASE("a forced back-end is the only one tried") {
  temp_dir dir;
  const auto probed =
      probe_mounts({dir.path(), std::make_shared<no_programs>(), pretend_to_unpack, "unpacked"});
  CHECK(probed.adapter->backend() == "unpacked");
  CHECK(probed.images.detail == "forced");
  CHECK(probed.images.rejected.empty());
  CHECK(entries_below(dir.path()) == 0);
}

TEST_CASE("a forced back-end that fails is told with its reason") {
  temp_dir dir;
  CHECK_THROWS_WITH(
      probe_mounts({dir.path(), std::make_shared<no_programs>(), pretend_to_unpack, "squashfuse"}),
      "cannot show images in " + dir.path().string() +
          ": squashfuse: cannot run squashfuse: No such file or directory");
  CHECK_THROWS_WITH(probe_mounts({dir.path(), std::make_shared<no_programs>(), {}, "unpacked"}),
                    Catch::Contains("nothing here does it"));
  CHECK_THROWS_WITH(probe_mounts({dir.path(), std::make_shared<no_programs>(), {}, "overlay"}),
                    Catch::Contains("there is no back-end \"overlay\""));
  CHECK(entries_below(dir.path()) == 0);
}

TEST_CASE("probing clears what a killed daemon left of its trial") {
  NEEDS_ROOT();
  temp_dir dir;
  fs::create_directories(dir / "mount-probe/directory");
  REQUIRE(mount("none", (dir / "mount-probe/directory").c_str(), "tmpfs", 0, "size=64k") == 0);
  probe_mounts({dir.path(), std::make_shared<no_programs>(), pretend_to_unpack, "unpacked"});
  CHECK(mounts_below(dir.path()).empty());
  CHECK(entries_below(dir.path()) == 0);
}
